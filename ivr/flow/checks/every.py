"""Every check, over all flows of a book."""

from collections.abc import Iterable, Iterator, Mapping

from ivr.flow.checks.choices import check_choices
from ivr.flow.checks.durations import Seconds, estimate, prompt_seconds
from ivr.flow.checks.leaks import check_leaks
from ivr.flow.checks.sounds_alike import check_sounds
from ivr.flow.checks.time_to_human import check_time
from ivr.flow.checks.unused import check_unused
from ivr.flow.checks.ways_out import check_ways_out
from ivr.flow.checks.wording import check_wording
from ivr.flow.issues import Issue, Severity, in_order
from ivr.flow.model import Flow


def check_flows(
    flows: Mapping[str, Flow], read: Iterable[Issue] = (), seconds: Seconds = estimate
) -> tuple[Issue, ...]:
    """All that `ivr lint` finds: what reading found (`read`), and what these checks add.

    A node that could not be read right is not judged: its other faults may only follow from that.
    """
    read = tuple(read)
    misread = {(issue.file, issue.node) for issue in read if issue.severity is Severity.ERROR}
    misread = {(file, node) for file, node in misread if node}
    took = prompt_seconds(seconds)

    def all_of(flow: Flow) -> Iterator[Issue]:
        yield from check_ways_out(flow)
        yield from check_choices(flow)
        yield from check_sounds(flow)
        yield from check_wording(flow, took)
        yield from check_leaks(flow)
        yield from check_unused(flow, flows.values())
        yield from check_time(flow, flows, took)

    found = [issue for flow in flows.values() for issue in all_of(flow)]
    judged = [issue for issue in found if (issue.file, issue.node) not in misread]
    return in_order([*read, *judged])
