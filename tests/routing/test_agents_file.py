from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import FlowError, SettingsError
from ivr.flow.steps import Tier
from ivr.routing.agents_file import load_agents, parse_agents

GOOD = """\
skills:
  loans: money lent
  language.zh: Mandarin
agents:
  wang:
    title: 王静
    interface: PJSIP/agent-wang
    contact: sip:agent-wang@127.0.0.1:5071
    tier: expert
    skills: {loans: 4, language.zh: 5}
  li:
    interface: Local/1001@agents/n
    state_interface: PJSIP/agent-li
    skills: {language.zh: 1}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(FlowError) as caught:
        parse_agents(dedent(text), "agents.yaml")
    return [str(issue) for issue in caught.value.issues]


def test_a_good_file() -> None:
    team = parse_agents(GOOD, "agents.yaml")
    wang, li = team.agents
    assert (wang.name, wang.title, wang.tier) == ("wang", "王静", Tier.EXPERT)
    assert (wang.interface, wang.contact) == (
        "PJSIP/agent-wang",
        "sip:agent-wang@127.0.0.1:5071",
    )
    assert dict(wang.skills) == {"loans": 4, "language.zh": 5}
    assert (li.tier, li.state_interface) == (Tier.GENERAL, "PJSIP/agent-li")
    assert dict(team.skills) == {"loans": "money lent", "language.zh": "Mandarin"}


def test_the_file_that_comes_with_the_bank_is_good() -> None:
    team = load_agents(Path(__file__).parents[2] / "flows" / "agents.yaml")
    assert len(team.agents) >= 6
    for skill in team.skills:
        assert any(agent.skills.get(skill, 0) >= 3 for agent in team.agents), skill


def test_every_fault_is_found_in_one_run() -> None:
    text = """\
        skills:
          loans: money lent
          language.zh: Mandarin
        agents:
          wang:
            interfce: PJSIP/agent-wang
            tier: exprt
            skills: {lones: 4, language.zh: 9}
          Li Si:
            interface: SIP/li
            contact: tel:110
            skills: {loans: high}
          zhou:
            interface: PJSIP/agent-a
            skills: {language.zh: 3}
          wu:
            interface: PJSIP/agent-a
            skills: []
        """
    assert faults(text) == [
        "agents.yaml:5:3: missing no `interface:` that says how to ring them",
        "agents.yaml:6:5: unknown-setting no setting is called 'interfce' "
        "(did you mean interface?)",
        "agents.yaml:7:11: bad-tier no tier is called 'exprt' (did you mean expert?)",
        "agents.yaml:8:14: unknown-skill no skill is called 'lones' (did you mean loans?)",
        "agents.yaml:8:37: bad-proficiency language.zh: 9 is not a proficiency: "
        "expected a whole number from 1 (learning) to 5 (master)",
        "agents.yaml:9:3: bad-agent-name 'Li Si' is not an agent's name: small letters, digits, "
        "_ and -, a letter first, at most 40",
        "agents.yaml:10:16: bad-interface 'SIP/li' is not a telephone: "
        "expected PJSIP/NAME or Local/NUMBER@CONTEXT",
        "agents.yaml:11:14: bad-contact 'tel:110' is not a SIP address: "
        "expected something like sip:10.0.0.21:5060",
        "agents.yaml:12:13: no-language speaks no language, such as language.zh",
        "agents.yaml:12:21: bad-proficiency loans: 'high' is not a proficiency: "
        "expected a whole number from 1 (learning) to 5 (master)",
        "agents.yaml:17:16: shared-interface PJSIP/agent-a rings zhou already",
        "agents.yaml:18:13: agents-shape expected skills, each with its level",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["agents.yaml:1:1: agents-shape expected the sections `skills:` and `agents:`"]),
        ("- 1", ["agents.yaml:1:1: agents-shape expected the sections `skills:` and `agents:`"]),
        (
            "skills: {language.zh: x}\nagents:\n",
            ["agents.yaml:2:8: agents-shape `agents:` each agent by name"],
        ),
        (
            "agent: {}\n",
            [
                "agents.yaml:1:1: missing `agents:` each agent by name",
                "agents.yaml:1:1: missing `skills:` every skill there is, with what it means",
                "agents.yaml:1:1: unknown-section no section is called 'agent' "
                "(did you mean agents?)",
            ],
        ),
        (
            "skills: {loans: x}\nagents: {wang: 3}\n",
            [
                "agents.yaml:1:9: no-language no skill is a language, such as language.zh",
                "agents.yaml:2:16: agents-shape expected interface, tier and skills",
            ],
        ),
        (
            "skills: {Loans: x, language.zh: [1]}\n"
            "agents: {wang: {interface: , title: '{a}', skills: {language.zh: 3}}}",
            [
                "agents.yaml:1:10: bad-skill 'Loans' is not a skill's name: small letters, digits "
                "and _, such as card_loss or language.zh, at most 40",
                "agents.yaml:1:33: agents-shape say in one line what language.zh means",
                "agents.yaml:2:28: agents-shape `interface:` expects one word or line",
            ],
        ),
    ],
)
def test_files_of_the_wrong_shape(text: str, wanted: list[str]) -> None:
    assert faults(text) == wanted


def test_text_that_is_not_yaml() -> None:
    (fault,) = faults("skills: [\n")
    assert fault.startswith("agents.yaml:2:1: yaml-syntax")


def test_the_same_agent_twice() -> None:
    text = GOOD + "  li:\n    interface: PJSIP/x\n"
    (fault,) = faults(text)
    assert fault == 'agents.yaml:15:3: duplicate-key "li" stands already at line 11'


def test_no_python_objects_are_made() -> None:
    assert faults("!!python/object/apply:os.system ['true']")


@given(st.text(max_size=200))
def test_no_text_does_worse_than_issues(text: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_agents(text, "agents.yaml")
    assert caught.value.issues


@given(st.data())
def test_no_damage_to_a_good_file_does_worse_than_issues(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 20)))
    junk = data.draw(st.text(alphabet="{}[]:,&*!-# \n\tab1\"'", max_size=6))
    try:
        team = parse_agents(GOOD[:start] + junk + GOOD[end:], "agents.yaml")
    except FlowError as error:
        assert error.issues
    else:
        assert team.agents


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_agents(tmp_path / "agents.yaml")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "agents.yaml"
    path.write_bytes(b"skills: \xff")
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        load_agents(path)


def test_supervisors_have_a_telephone_and_no_skills() -> None:
    team = parse_agents(
        f"{GOOD}supervisors:\n  gu: {{title: 顾主管, interface: PJSIP/agent-gu}}\n", "agents.yaml"
    )
    (gu,) = team.supervisors
    assert (gu.name, gu.title, gu.interface) == ("gu", "顾主管", "PJSIP/agent-gu")
    assert [one.name for one in team.people] == ["wang", "li", "gu"]
    assert team.person("gu") is gu and team.agent("gu") is None
    assert team.person("nobody") is None


def test_faults_of_supervisors() -> None:
    text = (
        f"{GOOD}supervisors:\n"
        "  li: {interface: PJSIP/agent-lin}\n"
        "  gu: {interface: PJSIP/agent-wang, skills: {loans: 1}}\n"
        "  ma: {title: 马}\n"
        "  he: PJSIP/agent-he\n"
    )
    with pytest.raises(FlowError) as caught:
        parse_agents(text, "agents.yaml")
    assert [(issue.line, issue.code) for issue in caught.value.issues] == [
        (16, "shared-name"),
        (17, "shared-interface"),
        (17, "unknown-setting"),
        (18, "missing"),
        (19, "agents-shape"),
    ]
