"""The same figures once more, slowly and in plain Python, from the rows themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from statistics import mean, median
from typing import Any

from ivr.report.generated import GeneratedCall
from ivr.report.tallies import Rules
from ivr.report.window import Window

Row = dict[str, Any]


def answered(wait: Row) -> bool:
    return wait["outcome"] == "answered" or wait["agent"] != ""


def service(waits: Iterable[Row], rules: Rules) -> dict[str, Any]:
    rows = list(waits)
    served = [w for w in rows if answered(w)]
    left = [w for w in rows if not answered(w) and w["outcome"] == "abandoned"]
    abandoned = [w for w in left if (w["waited"] or 0.0) >= rules.short]
    other = [w for w in rows if not answered(w) and w["outcome"] not in ("", "abandoned")]
    counted = len(served) + len(abandoned) + len(other)
    in_time = [w for w in served if w["waited"] <= rules.goal]
    talks = [w["talked"] for w in served if w["talked"] is not None]
    return {
        "offered": counted + len(left) - len(abandoned),
        "answered": len(served),
        "abandoned": len(abandoned),
        "short": len(left) - len(abandoned),
        "unanswered": len(other),
        "open": len(rows) - len(served) - len(left) - len(other),
        "service_level": len(in_time) / counted if counted else None,
        "abandonment": len(abandoned) / counted if counted else None,
        "asa": mean(w["waited"] for w in served) if served else None,
        "aht": mean(talks) + rules.wrap_up if talks else None,
        "longest": max((w["waited"] or 0.0 for w in rows), default=0.0),
    }


class Recount:
    """Everything about the calls that began, and the waits that were joined, in the window."""

    def __init__(
        self, generated: Iterable[GeneratedCall], window: Window, rules: Rules, queue: str = ""
    ) -> None:
        every = list(generated)
        self.rules = rules
        chosen = [
            one
            for one in every
            if window.since <= one.call["began"] < window.until
            and (not queue or one.call["queue"] == queue)
        ]
        self.calls = [one.call for one in chosen]
        self.visits = [one.visits for one in chosen]
        self.waits = [
            wait
            for one in every
            for wait in one.waits
            if window.since <= wait["joined"] < window.until
            and (not queue or wait["queue"] == queue)
        ]
        self.window = window

    def by_day(self) -> dict[str, int]:
        days = (self.window.local(c["began"]).date().isoformat() for c in self.calls)
        return dict(Counter(days))

    def by_hour(self) -> dict[int, int]:
        return dict(Counter(self.window.local(c["began"]).hour for c in self.calls))

    def hour_of_waits(self) -> dict[int, dict[str, Any]]:
        hours = defaultdict(list)
        for wait in self.waits:
            hours[self.window.local(wait["joined"]).hour].append(wait)
        return {hour: service(waits, self.rules) for hour, waits in hours.items()}

    def queues(self) -> dict[str, dict[str, Any]]:
        names = {wait["queue"] for wait in self.waits}
        return {
            name: service((w for w in self.waits if w["queue"] == name), self.rules)
            for name in names
        }

    def agents(self) -> dict[str, tuple[int, float | None, float]]:
        mine = defaultdict(list)
        for wait in self.waits:
            if wait["agent"]:
                mine[wait["agent"]].append(wait)
        found = {}
        for agent, waits in mine.items():
            talks = [w["talked"] for w in waits if w["talked"] is not None]
            found[agent] = (
                len(waits),
                mean(talks) if talks else None,
                mean(w["waited"] for w in waits),
            )
        return found

    def errors(self) -> tuple[int, float | None, float | None]:
        """How many were told a wait and answered, the bias, the median error to the second."""
        told = [w for w in self.waits if answered(w) and w["expected"] is not None]
        if not told:
            return 0, None, None
        off = [int(abs(w["waited"] - w["expected"]) + 0.5) for w in told]
        return len(told), mean(w["waited"] - w["expected"] for w in told), median(off)

    def repeats(self) -> tuple[int, int, int, int]:
        """Calls with a number, callers, those with more than one call, calls within a day."""
        moments = defaultdict(list)
        for call in self.calls:
            if call["caller_key"]:
                moments[call["caller_key"]].append(call["began"])
        again = 0
        for times in moments.values():
            times.sort()
            again += sum(b - a < 86_400 for a, b in pairwise(times))
        several = sum(len(times) > 1 for times in moments.values())
        return sum(map(len, moments.values())), len(moments), several, again

    def nodes(self) -> dict[tuple[str, str], dict[str, Any]]:
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for visits in self.visits:
            for nth, visit in enumerate(visits):
                key = (visit["flow"], visit["node"])
                node = found.setdefault(
                    key, {"calls": set(), "entered": 0, "ended": 0, "noinputs": 0, "nomatches": 0,
                          "stays": [], "left_by": Counter()},
                )  # fmt: skip
                node["calls"].add(visit["call"])
                node["entered"] += 1
                node["ended"] += visit["last"]
                node["noinputs"] += visit["noinputs"]
                node["nomatches"] += visit["nomatches"]
                node["stays"].append(int(visit["seconds"] * 10 + 0.5))
                if nth + 1 < len(visits):
                    after = visits[nth + 1]
                    same = after["flow"] == visit["flow"]
                    name = after["node"] if same else f"{after['flow']}/{after['node']}"
                    node["left_by"][name] += 1
        for node in found.values():
            node["calls"] = len(node["calls"])
            node["median"] = median(node.pop("stays")) / 10
            node["left_by"] = dict(node["left_by"])
        return found
