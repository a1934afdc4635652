"""Open files: as many as this user may have, since each call needs several."""

import resource

WANTED = 65_536


def allow_many() -> int:
    """Raise this process's limit of open files (RLIMIT_NOFILE) to the most it may have, up to
    `WANTED`; gives the limit that holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft
