"""`ivr bench live`: its changes add up, and 200 calls stay cheap."""

import json

from typer.testing import CliRunner

from ivr.cli.bench.verb import app


def test_two_hundred_calls_twice_a_second_are_cheap() -> None:
    done = CliRunner().invoke(app, ["live", "--seconds", "10", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["pictures"] == 20
    assert found["records"] > 1000
    assert 0 < found["percent of a core"]["all"] < 15
