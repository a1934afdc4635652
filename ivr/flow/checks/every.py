"""Every check, over all flows of a book."""

from collections.abc import Iterator, Mapping

from ivr.flow.checks.choices import check_choices
from ivr.flow.checks.durations import Seconds, estimate, prompt_seconds
from ivr.flow.checks.leaks import check_leaks
from ivr.flow.checks.sounds_alike import check_sounds
from ivr.flow.checks.time_to_human import check_time
from ivr.flow.checks.unused import check_unused
from ivr.flow.checks.ways_out import check_ways_out
from ivr.flow.checks.wording import check_wording
from ivr.flow.issues import Issue, in_order
from ivr.flow.model import Flow


def check_flows(flows: Mapping[str, Flow], seconds: Seconds = estimate) -> tuple[Issue, ...]:
    """What `ivr lint` finds beyond what reading finds, in file order."""
    took = prompt_seconds(seconds)

    def all_of(flow: Flow) -> Iterator[Issue]:
        yield from check_ways_out(flow)
        yield from check_choices(flow)
        yield from check_sounds(flow)
        yield from check_wording(flow, took)
        yield from check_leaks(flow)
        yield from check_unused(flow, flows.values())
        yield from check_time(flow, flows, took)

    return in_order([issue for flow in flows.values() for issue in all_of(flow)])
