from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need, with_language
from ivr.flow.steps import Tier
from ivr.routing.attendance import Attendance
from ivr.routing.matching import ANYBODY, EXACT, NOBODY, RELATED, WIDENED, Match, match
from ivr.routing.priority import HORIZON
from ivr.routing.queues import FALLBACK, QueuePlan, plan_queues
from ivr.routing.skills import Presence, Team
from tests.routing.teams import everybody, make, needs, teams

NOW = 1_800_000_000.0
LOANS = Need({"loans": 3})
TEAM = Team(
    (
        make("good", loans=4, zh=5),
        make("expert", Tier.EXPERT, loans=5, zh=5),
        make("other", card_loss=5, zh=5),
        make("english", loans=5, en=5),
    )
)
PLAN = plan_queues([LOANS, Need({"card_loss": 1})], ["zh", "en"], TEAM)


def decide(need: Need, attendance: Attendance, language: str = "zh", waited: int = 0) -> Match:
    return match(PLAN, attendance.census, need, language, joined=NOW - waited, now=NOW)


def without(*names: str) -> Attendance:
    attendance = everybody(PLAN)
    for name in names:
        attendance.set(name, Presence.OFFLINE)
    return attendance


def test_the_queue_of_the_need_from_its_first_step() -> None:
    found = decide(LOANS, everybody(PLAN), waited=7)
    assert found.entry is not None
    assert found.kind == EXACT
    assert (found.entry.queue, found.entry.max_penalty) == ("zh-loans.3", 10)
    assert found.entry.rule == "relax-20-40-60"
    assert found.entry.priority == HORIZON - int(NOW) + 7
    assert found.why == (
        "zh-loans.3: 1 logged in meets the need, 1 free now; priority 7 (waited 7 s)"
    )


def test_steps_that_nobody_is_logged_in_for_are_not_waited_for() -> None:
    found = decide(LOANS, without("good"))
    assert found.entry is not None
    assert (found.kind, found.entry.max_penalty) == (WIDENED, 30)
    assert found.entry.rule == "relax-60-from-2"
    last = decide(LOANS, without("good", "expert"))
    assert last.entry is not None
    assert (last.entry.max_penalty, last.entry.rule) == (40, "")


def test_a_busy_agent_is_worth_waiting_for_and_a_paused_one_is_not() -> None:
    attendance = everybody(PLAN)
    attendance.set("good", Presence.BUSY)
    found = decide(LOANS, attendance)
    assert found.kind == EXACT
    assert "0 free now" in found.why
    attendance.set("good", Presence.PAUSED)
    assert decide(LOANS, attendance).kind == WIDENED


def test_a_need_the_plan_did_not_foresee_goes_to_the_nearest_queue() -> None:
    unforeseen = Need({"loans": 5, "wealth": 2}, issue="funds_at_risk")
    found = decide(unforeseen, everybody(PLAN))
    assert found.entry is not None
    assert (found.kind, found.entry.queue) == (RELATED, "zh-loans.3")
    assert found.why.startswith(
        "no queue for loans 5, wealth 2, language.zh 3; nearest: zh-loans.3"
    )


def test_any_agent_at_all_when_nobody_speaks_the_language() -> None:
    found = decide(LOANS, without("good", "expert", "other"))
    assert found.entry is not None
    assert (found.kind, found.entry.queue) == (ANYBODY, FALLBACK)
    assert (found.entry.max_penalty, found.entry.rule) == (0, "")


def test_nobody_at_all() -> None:
    found = decide(LOANS, everybody(PLAN, Presence.OFFLINE))
    assert (found.kind, found.entry) == (NOBODY, None)
    assert found.why.endswith("no agent is logged in at all")


def test_the_timeout_is_bounded() -> None:
    for asked, given_ in ((0, 1), (30, 30), (99_999, 3600)):
        entry = decide(Need({"loans": 3}, timeout=asked), everybody(PLAN)).entry
        assert entry is not None
        assert entry.timeout == given_


presences = st.lists(st.sampled_from(Presence), min_size=8, max_size=8)


def attend(plan: QueuePlan, team: Team, states: list[Presence]) -> Attendance:
    attendance = Attendance(plan)
    for agent, presence in zip(team.agents, states, strict=False):
        attendance.set(agent.name, presence)
    return attendance


@given(teams(), st.lists(needs, max_size=3), needs, st.sampled_from(["zh", "en"]), presences)
def test_a_caller_waits_only_where_somebody_can_come(
    team: Team, foreseen: list[Need], need: Need, language: str, states: list[Presence]
) -> None:
    plan = plan_queues(foreseen, ["zh", "en"], team)
    attendance = attend(plan, team, states)
    found = match(plan, attendance.census, need, language, joined=NOW, now=NOW)
    here = [a for a in team.agents if attendance.presence[a.name].logged_in]
    assert (found.entry is None) == (not here)
    if found.entry is None:
        return
    queue = plan.queues[found.entry.queue]
    limit = found.entry.max_penalty or 10_000
    admitted = [m for m in queue.members if m.penalty <= limit and m.agent in here]
    assert admitted
    if queue.name != FALLBACK:
        assert all(f"language.{language}" in m.agent.skills for m in admitted)
    assert not found.entry.rule or found.entry.rule in plan.rules


@given(teams(), needs, st.sampled_from(["zh", "en"]), presences)
def test_who_meets_the_need_is_never_passed_over(
    team: Team, need: Need, language: str, states: list[Presence]
) -> None:
    plan = plan_queues([need], [language], team)
    attendance = attend(plan, team, states)
    asked = with_language(need, language)
    fits = [
        a
        for a in team.agents
        if attendance.presence[a.name].logged_in
        and a.tier < Tier.EXPERT
        and all(a.skills.get(skill, 0) >= level for skill, level in asked.skills.items())
    ]
    found = match(plan, attendance.census, need, language, joined=NOW, now=NOW)
    assert (found.kind == EXACT) == bool(fits)


def test_a_need_that_no_flow_has_any_more_waits_for_nobody_in_vain() -> None:
    """A promised call may be older than the flows and the agents file."""
    for language, kind, queue in (("zh", RELATED, "zh"), ("fr", ANYBODY, FALLBACK)):
        found = decide(Need({"mortgage": 2}), everybody(PLAN), language)
        assert found.entry is not None
        assert (found.kind, found.entry.queue) == (kind, queue)
