import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.steps import Step, Tier, check_steps
from ivr.routing.skills import Team
from ivr.routing.steps import DEFAULT_STEPS, admits, first_step_for
from tests.routing.teams import LANGUAGES, SKILLS, levels, make, teams

NEED = {"card_loss": 4, "language.zh": 3}


def test_the_first_step_takes_who_meets_the_need() -> None:
    assert first_step_for(make("a", card_loss=4, zh=3), NEED, DEFAULT_STEPS) == 0
    assert first_step_for(make("a", Tier.SPECIALIST, card_loss=5, zh=5), NEED, DEFAULT_STEPS) == 0


def test_each_step_widens_the_circle() -> None:
    assert first_step_for(make("a", card_loss=2, zh=3), NEED, DEFAULT_STEPS) == 1
    assert first_step_for(make("a", card_loss=4, zh=1), NEED, DEFAULT_STEPS) == 1
    assert first_step_for(make("a", Tier.EXPERT, card_loss=5, zh=5), NEED, DEFAULT_STEPS) == 2
    assert first_step_for(make("a", loans=5, zh=1), NEED, DEFAULT_STEPS) == 3


def test_who_does_not_speak_the_language_never_answers() -> None:
    assert first_step_for(make("a", card_loss=5, en=5), NEED, DEFAULT_STEPS) is None


@given(teams(), st.dictionaries(st.sampled_from([*SKILLS, *LANGUAGES]), levels))
def test_default_steps_only_ever_widen(team: Team, skills: dict[str, int]) -> None:
    for agent in team.agents:
        admitted = [admits(step, agent, skills) for step in DEFAULT_STEPS]
        assert admitted == sorted(admitted)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "0 steps"),
        ((Step(5),), "must begin at 0"),
        ((Step(0), Step(20), Step(20)), "one after the other"),
        ((Step(0), Step(3601)), "at most 3600"),
        (tuple(Step(n) for n in range(9)), "9 steps"),
    ],
)
def test_steps_that_cannot_be_used(steps: tuple[Step, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_steps(steps)
