"""Commands over the store on this machine: they add to it as a server would, and create none."""

import asyncio
import json
from pathlib import Path

import pytest

from service.settings import Settings
from service.store.store import Store
from tests.recorded import Recorded
from tests.service.cli.ran import RedTide
from tests.service.cli.words import alert_options

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


def test_a_store_is_added_to_as_a_server_would_and_says_who_did_it(
    redtide: RedTide, settings: Settings, sample: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(sample.repository)}))
    monkeypatch.setenv("LOGNAME", "ben")
    where = ("--store", settings.store_url)
    made = redtide("alert", *alert_options(sample), *where)
    assert made.status == 0, made.err
    incident = made.out.split()[0]
    shown = redtide("show", incident, *where)
    assert (shown.status, f"{incident} is open · shop · production" in shown.out) == (0, True)
    assert redtide("show", incident, *where, "--format", "slack").status == 2
    assert "has no verdict yet (open)" in redtide("wrong", incident, *where).err
    assert redtide("rerun", incident, *where).status == 0

    async def actors() -> list[str]:
        store = Store(settings.store_address())
        records = (await store.queries.audits(incident)).records
        await store.close()
        return [each.actor for each in records if each.action == "restarted"]

    assert asyncio.run(actors()) == ["ben (command line)"]


@pytest.mark.parametrize(
    "command",
    [
        ["incidents"],
        ["show", "INC-k7mq2wz4ab"],
        ["watch"],
        ["wrong", "INC-k7mq2wz4ab"],
        ["right", "INC-k7mq2wz4ab"],
        ["rerun", "INC-k7mq2wz4ab"],
        ["alert", "--message", "x", "--service", "shop"],
        ["revert", "INC-k7mq2wz4ab"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_creates_a_store(
    redtide: RedTide, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    unnamed = redtide(*command)
    assert (unnamed.status, "--server: missing, and there is no redtide.sqlite3 in this folder" in unnamed.err) == (
        2,
        True,
    )
    named = redtide(*command, "--store", f"sqlite:///{empty}/new/store.sqlite3")
    assert (named.status, "no such file" in named.err) == (2, True)
    assert list(empty.iterdir()) == []
