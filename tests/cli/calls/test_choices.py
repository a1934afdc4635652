"""`ivr calls choices`, and what the other verbs say where a name is missing, over a control API."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from ivr.cli import main
from ivr.cli.calls.choices import told
from ivr.errors import IvrError, PeerError, SettingsError, UnknownCallError
from ivr.server.control.roles import Role
from tests.server.api.site import CALL, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


async def ivr(site: Site, *words: str) -> str:
    """What the verb prints; raises what it fails with."""
    told = {"IVR_PATHS_RUNS": str(site.runs), "IVR_URL": "", "IVR_TOKEN": "", "COLUMNS": "80"}
    result = await asyncio.to_thread(CliRunner().invoke, main.app, words, env=told)
    if isinstance(result.exception, IvrError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


async def test_they_are_printed_for_people(site: Site) -> None:
    assert await ivr(site, "calls", "choices") == (
        "nodes of main\n"
        "  main   menu\n"
        "  loans  transfer\n"
        "nodes of identify\n"
        "  card  collect\n"
        "skills\n"
        "  loans      mortgages\n"
        "  card_loss  lost cards\n"
        "telephones\n"
        "  gu    顾主管 (supervisor)\n"
        "  wang  王静\n"
        "queues\n"
        "  loans, fallback\n"
    )


async def test_of_one_call_the_nodes_it_can_go_to(site: Site) -> None:
    found = json.loads(await ivr(site, "calls", "choices", CALL[-5:], "--json"))
    assert [flow["flow"] for flow in found["flows"]] == ["main"]
    with pytest.raises(UnknownCallError, match="goes on"):
        await ivr(site, "calls", "choices", "99")


async def test_from_elsewhere_by_token(site: Site) -> None:
    words = ["calls", "choices", "--json", "--url", site.url, "--token", site.tokens[Role.VIEWER]]
    found = json.loads(await ivr(site, *words))
    assert [one["phone"] for one in found["phones"]] == ["gu", "wang"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["transfer", CALL], "say which skill: loans, card_loss"),
        (["goto", CALL], "say which node: main, loans"),
        (["listen", CALL], "--phone NAME, of gu, wang"),
    ],
)
async def test_an_order_without_a_name_says_which_there_are(
    site: Site, words: list[str], names: str
) -> None:
    before = len(site.orders.obeyed)
    with pytest.raises(SettingsError, match=names):
        await ivr(site, "calls", *words)
    assert len(site.orders.obeyed) == before


async def test_supervisors_stand_below_the_agents(site: Site) -> None:
    lines = (await ivr(site, "agents", "ls")).splitlines()
    assert lines[1].split()[:3] == ["wang", "王", "ready"]
    assert lines[-3:] == ["", "supervisors", "gu  顾主管"]
    listed = json.loads(await ivr(site, "agents", "ls", "--json"))
    assert [row["agent"] for row in listed] == ["wang"]


async def test_a_call_that_is_not_there(site: Site) -> None:
    async with site.api() as api:
        with pytest.raises(PeerError, match="no call 'nobody' goes on now"):
            await api.get("/v1/choices", call="nobody")


async def test_only_so_many_names_are_told() -> None:
    assert told([]) == "nothing now"
    assert told([f"n{number}" for number in range(14)]).endswith("n11 and 2 more")
