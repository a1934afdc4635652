"""The one failure to tell of when a group of tasks has failed."""


def cause_of(group: ExceptionGroup[Exception]) -> Exception:
    """The first failure in the group, however deep: it is the cause, the others its siblings."""
    first: Exception = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first
