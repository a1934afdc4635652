import pytest

from ivr.flow.fields import Fields
from ivr.flow.read_steps import read_steps
from ivr.flow.reading import Reading
from ivr.flow.steps import Step, Tier, check_steps
from ivr.flow.yaml_tree import Table, read_tree


def read(text: str) -> tuple[tuple[Step, ...], list[str]]:
    reading = Reading("bank.yaml")
    tree = read_tree(text, "bank.yaml", lambda code, place, words: pytest.fail(words))
    assert isinstance(tree, Table)
    steps = read_steps(Fields(reading, tree, "loans", "loans"))
    return steps, [str(issue) for issue in reading.issues]


def test_each_step_widens_the_one_before() -> None:
    steps, faults = read("""\
steps:
  - {tier: general, expires: 20}
  - {lower: 2, expires: 40}
  - {tier: expert, expires: 60}
  - skills: any
""")
    assert faults == []
    assert steps == (
        Step(0, 0, Tier.GENERAL),
        Step(20, 2, Tier.GENERAL),
        Step(40, 2, Tier.EXPERT),
        Step(60, 2, Tier.EXPERT, any_skill=True),
    )
    assert check_steps(steps) == steps


def test_no_steps_means_the_hotlines_own() -> None:
    assert read("other: 1") == ((), [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("steps: 3", 'bank.yaml:1:8: bad-value "steps" is a list of 1 to 8 steps'),
        ("steps: []", 'bank.yaml:1:8: bad-value "steps" is a list of 1 to 8 steps'),
        (
            "steps: [3]",
            "bank.yaml:1:9: bad-value a step is a mapping, such as {expires: 20}",
        ),
        (
            "steps: [{lower: 1}, {lower: 2}]",
            'bank.yaml:1:9: bad-value "expires" says when this step ends, in seconds: more than 0',
        ),
        (
            "steps: [{expires: 20}, {expires: 20}, {lower: 1}]",
            'bank.yaml:1:34: bad-value "expires" says when this step ends, in seconds: '
            "more than 20",
        ),
        (
            "steps: [{expires: 20}, {expires: 30}]",
            'bank.yaml:1:34: bad-value the last step holds until the "timeout"; '
            'leave "expires" out',
        ),
        (
            "steps: [{lower: 2, expires: 20}, {lower: 1}]",
            "bank.yaml:1:34: bad-value a later step admits nobody less: it only widens the circle",
        ),
        (
            "steps: [{expires: 20}, {lowr: 2}]",
            'bank.yaml:1:25: unknown-key unknown key "lowr" (did you mean lower?)',
        ),
    ],
)
def test_steps_with_a_fault(text: str, wanted: str) -> None:
    assert read(text)[1] == [wanted]


@pytest.mark.parametrize("text", ["steps: [{tier: boss}]", "steps: [{skills: some}]"])
def test_values_that_do_not_exist(text: str) -> None:
    assert len(read(text)[1]) == 1
