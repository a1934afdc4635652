from ivr.flow.issues import Place, Severity
from ivr.flow.need import Need
from ivr.flow.steps import Tier
from ivr.routing.needs_lint import lint_needs
from ivr.routing.skills import Team
from tests.routing.teams import make

SKILLS = {"card_loss": "", "loans": "", "wealth": "", "language.zh": "", "language.en": ""}
TEAM = Team((make("a", card_loss=3, zh=5), make("b", Tier.EXPERT, loans=5, zh=4)), SKILLS)


def test_an_unknown_skill_is_an_error_with_a_suggestion() -> None:
    place = Place("bank.yaml", 7, 9)
    (issue,) = lint_needs([("report", place, Need({"card_los": 3}))], ["zh"], TEAM)
    assert issue.severity is Severity.ERROR
    assert str(issue) == (
        "bank.yaml:7:9: unknown-skill no skill is called 'card_los' in the agents file "
        "(did you mean card_loss?)"
    )


def test_a_need_nobody_meets_at_once_is_a_warning_per_language() -> None:
    needs = [
        ("a", Place("f", 1), Need({"card_loss": 3})),
        ("b", Place("f", 2), Need({"loans": 3})),
    ]
    found = lint_needs(needs, ["zh", "en"], TEAM)
    assert {issue.severity for issue in found} == {Severity.WARNING}
    assert [(issue.line, issue.message) for issue in found] == [
        (1, "nobody can answer card_loss 3, language.en 3 at once: no agent"),
        (2, "nobody can answer loans 3, language.en 3 at once: no agent"),
        (2, "nobody can answer loans 3, language.zh 3 at once: first agent after 40 s"),
    ]


def test_a_need_that_is_met_is_no_finding() -> None:
    assert lint_needs([("a", Place("f"), Need({"card_loss": 3}))], ["zh"], TEAM) == ()
