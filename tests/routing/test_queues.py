import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need, with_language
from ivr.flow.steps import Step, Tier
from ivr.routing.queues import FALLBACK, plan_queues, queue_name
from ivr.routing.skills import Team
from ivr.routing.steps import DEFAULT_STEPS, admits, first_step_for
from tests.routing.teams import make, needs, teams

URGENT = Need({"card_loss": 3}, issue="funds_at_risk")


def test_one_queue_a_need_and_language_and_the_fallback() -> None:
    plan = plan_queues([URGENT, Need({"loans": 1})], ["zh", "en"], Team((make("a", zh=3),)))
    assert list(plan.queues) == [
        "en",
        "en-card_loss.3-funds_at_risk",
        "en-loans",
        "fallback",
        "zh",
        "zh-card_loss.3-funds_at_risk",
        "zh-loans",
    ]
    assert plan.queues["zh-card_loss.3-funds_at_risk"].weight == 10
    assert plan.queues["zh-loans"].weight == 0


def test_without_anything_there_is_still_the_fallback() -> None:
    plan = plan_queues([], [], Team(()))
    assert list(plan.queues) == [FALLBACK]
    assert plan.fallback.members == ()


@pytest.mark.parametrize(
    ("need", "name"),
    [
        (Need({"loans": 1}), "any-loans"),
        (Need({"loans": 5, "language.zh": 3}), "zh-loans.5"),
        (Need({"loans": 5, "language.zh": 5}), "zh.5-loans.5"),
        (Need({"b": 1, "a": 2, "language.en": 3}, issue="complaint"), "en-a.2-b"),
    ],
)
def test_names_say_what_the_queue_is_for(need: Need, name: str) -> None:
    assert queue_name(need) == name


def test_a_long_name_is_cut_but_stays_unique() -> None:
    skills = {f"a_rather_long_skill_{n}": 3 for n in range(9)}
    one, two = queue_name(Need(skills)), queue_name(Need({**skills, "a_rather_long_skill_8": 4}))
    assert one != two
    assert len(one) == len(two) == 64


def test_the_best_are_rung_first_and_dearer_tiers_after_equals() -> None:
    team = Team(
        (
            make("good", card_loss=3, zh=5),
            make("best", card_loss=5, zh=5),
            make("dear", Tier.SPECIALIST, card_loss=5, zh=5),
            make("expert", Tier.EXPERT, card_loss=5, zh=5),
            make("weak", card_loss=1, zh=5),
            make("other", zh=5),
            make("english", card_loss=5, en=5),
        )
    )
    queue = plan_queues([URGENT], ["zh"], team).queues["zh-card_loss.3-funds_at_risk"]
    rung = [(m.agent.name, m.penalty) for m in queue.members]
    assert rung == [
        ("best", 1),
        ("dear", 2),
        ("good", 5),
        ("weak", 19),
        ("expert", 22),
        ("other", 31),
    ]


def test_the_fallback_holds_everybody() -> None:
    team = Team((make("a", Tier.EXPERT, zh=1), make("b", en=1)))
    members = plan_queues([], ["zh"], team).fallback.members
    assert [(m.agent.name, m.penalty) for m in members] == [("b", 1), ("a", 3)]


def test_rules_widen_on_time_from_any_step() -> None:
    plan = plan_queues([URGENT], ["zh"], Team(()))
    assert plan.rules == {
        "relax-20-40-60": ((20, 20), (40, 30), (60, 40)),
        "relax-40-60-from-1": ((40, 30), (60, 40)),
        "relax-60-from-2": ((60, 40),),
    }
    queue = plan.queues["zh"]
    assert [queue.rule_from(n) for n in range(4)] == [*plan.rules, ""]


@given(teams(), needs, st.sampled_from(["zh", "en"]))
def test_max_penalty_admits_just_the_agents_of_the_steps_so_far(
    team: Team, need: Need, language: str
) -> None:
    queue = plan_queues([need], [language], team).queue_for(with_language(need, language))
    assert queue is not None
    for number, step in enumerate(DEFAULT_STEPS):
        by_penalty = {m.agent.name for m in queue.members if m.penalty <= queue.max_penalty(number)}
        by_rule = {a.name for a in team.agents if admits(step, a, queue.skills)}
        assert by_penalty == by_rule
    for member in queue.members:
        assert member.step == first_step_for(member.agent, queue.skills, DEFAULT_STEPS)
    assert [m.penalty for m in queue.members] == sorted(m.penalty for m in queue.members)


@given(teams(), st.lists(needs, max_size=4))
def test_every_name_is_safe_in_a_configuration_file(team: Team, wanted: list[Need]) -> None:
    plan = plan_queues(wanted, ["zh", "en"], team)
    for name in (*plan.queues, *plan.rules):
        assert re.fullmatch(r"[a-z0-9_.+-]{1,64}", name)
    for need in wanted:
        assert plan.queue_for(with_language(need, "zh")) is not None


def test_steps_of_ones_own() -> None:
    steps = (Step(0, tier=Tier.GENERAL), Step(10, tier=Tier.EXPERT))
    plan = plan_queues([Need()], ["zh"], Team((make("a", Tier.EXPERT, zh=4),)), steps)
    assert [m.penalty for m in plan.queues["zh"].members] == [14]
    assert plan.rules == {"relax-10": ((10, 20),)}


def test_a_need_may_bring_its_own_steps() -> None:
    quick = (Step(0), Step(5, tier=Tier.EXPERT))
    own = Need({"loans": 3}, steps=quick)
    team = Team((make("a", Tier.EXPERT, loans=5, zh=5),))
    plan = plan_queues([own, Need({"loans": 3})], ["zh"], team)
    mine, usual = plan.queue_for(with_language(own, "zh")), plan.queues["zh-loans.3"]
    assert mine is not None
    assert re.fullmatch(r"zh-loans\.3-steps_[0-9a-f]{4}", mine.name)
    assert (mine.steps, usual.steps) == (quick, DEFAULT_STEPS)
    assert ([m.penalty for m in mine.members], [m.penalty for m in usual.members]) == ([12], [22])
    assert plan.rules[mine.rule_from(0)] == ((5, 20),)


def test_steps_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(ValueError, match="must begin at 0"):
        plan_queues([Need({"loans": 3}, steps=(Step(5),))], ["zh"], Team(()))
