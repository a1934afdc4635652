"""The bank's written conversations: by text all of them, by sound some, and what they cover."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.coverage import percent_of
from ivr.dialogue.exits import traced
from ivr.flow.library import load_book
from ivr.rehearsal.files import find_tests
from ivr.rehearsal.performance import perform, typed_stage
from ivr.rehearsal.queues import queues_for
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.script_reader import read_script
from ivr.rehearsal.suite import run_suite
from ivr.routing.agents_file import load_agents

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "flows" / "bank"
BOOK = traced(load_book(BANK))
QUEUE_OF = queues_for(BOOK, load_agents(ROOT / "flows" / "agents.yaml"))
FILES = find_tests([BANK])
ALL = [
    pytest.param(replace(one, flow=one.flow or "bank"), id=f"{file.path.stem}: {one.name}")
    for file in FILES
    for one in read_script(file.read(), file.path.name)
]


@pytest.mark.parametrize("conversation", ALL)
def test_a_conversation_goes_as_written(conversation: Conversation) -> None:
    done = perform(conversation, typed_stage(BOOK, conversation), QUEUE_OF)
    talk = "\n".join(f"{line.at:6.1f} {line.who:7} {line.text}" for line in done.stage.lines)
    assert not done.failures, "\n".join(map(str, done.failures)) + "\n" + talk


def test_there_are_enough_of_them_in_both_languages() -> None:
    suite = run_suite(FILES, queues_for=lambda book: QUEUE_OF)
    spoken = [result.performance.stage.state.language for result in suite.results]
    assert len(spoken) >= 40 and spoken.count("en") >= 10 and spoken.count("zh") >= 20


def test_they_cover_every_node_and_nearly_every_exit() -> None:
    suite = run_suite(FILES, queues_for=lambda book: QUEUE_OF)
    nodes, exits = percent_of(suite.covered)
    missed = [one.missed_nodes + one.missed_exits for one in suite.covered]
    assert nodes == 100.0 and exits >= 95.0, missed
