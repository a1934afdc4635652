"""Needs lint: what flows ask of agents against what agents can do, told before a caller waits."""

from collections.abc import Iterable, Iterator

from rapidfuzz import process

from ivr.flow.issues import Issue, Place, Severity, in_order
from ivr.flow.need import Need, with_language
from ivr.flow.steps import Step
from ivr.routing.skills import Team
from ivr.routing.steps import DEFAULT_STEPS, first_step_for

_CLOSE_ENOUGH = 60


def lint_needs(
    needs: Iterable[tuple[str, Place, Need]],
    languages: Iterable[str],
    team: Team,
    steps: tuple[Step, ...] = DEFAULT_STEPS,
) -> tuple[Issue, ...]:
    """Findings for (node, place, need) of every transfer node, in file order.

    An unknown skill is an error: nobody could ever be meant by it. A need that no agent meets, now
    or at any step, is a warning: the caller would go to somebody less fit, and that may be wanted.
    """
    spoken = tuple(languages) or ("",)
    return in_order(
        [
            issue
            for node, place, need in needs
            for issue in _lint(node, place, need, spoken, team, steps)
        ]
    )


def _lint(
    node: str,
    place: Place,
    need: Need,
    languages: tuple[str, ...],
    team: Team,
    steps: tuple[Step, ...],
) -> Iterator[Issue]:
    unknown = [skill for skill in need.skills if skill not in team.skills]
    for skill in unknown:
        close = process.extractOne(skill, team.skills.keys(), score_cutoff=_CLOSE_ENOUGH)
        hint = close[0] if close else ""
        message = f"no skill is called {skill!r} in the agents file"
        yield _issue("unknown-skill", Severity.ERROR, node, place, message, hint)
    if unknown:
        return
    steps = need.steps or steps
    for language in languages:
        asked = with_language(need, language)
        reach = [first_step_for(agent, asked.skills, steps) for agent in team.agents]
        reached = [step for step in reach if step is not None]
        if 0 not in reached:
            words = ", ".join(f"{skill} {level}" for skill, level in asked.skills.items())
            least = f"first agent after {steps[min(reached)].begins} s" if reached else "no agent"
            message = f"nobody can answer {words} at once: {least}"
            yield _issue("nobody-fits", Severity.WARNING, node, place, message)


def _issue(
    code: str, severity: Severity, node: str, place: Place, message: str, hint: str = ""
) -> Issue:
    return Issue(code, severity, place.file, place.line, place.column, node, message, hint)
