"""`redtide investigate` without base, deployed revision or trace: what is left out is looked up where it is configured."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pygit2
import pytest

from incidents.alert import Deploy
from service.settings import Settings
from service.store.store import Store
from tests.elastic.fixtures import LogStore
from tests.service.cli.ran import Ran, RedTide
from tests.service.days import Day, shop_with_a_hotfix
from tests.shop import TRACE

ONE_DATABASE = True


@pytest.fixture
def day(settings: Settings) -> Day:
    """The shop's bad deploy, four minutes before its error began."""
    day = Day(shop_with_a_hotfix(settings.repositories["shop"]))
    day.deploy("import", 60 * 20)
    day.deploy("guard", 4)
    day.deploy("readme", -3)
    return day


@pytest.fixture
def trace(tmp_path: Path) -> str:
    file = tmp_path / "error.log"
    file.write_text(TRACE)
    return str(file)


async def investigated(redtide: RedTide, settings: Settings, *arguments: str) -> Ran:
    """In a thread of its own, as it brings its own event loop."""
    repository = ("--repo", str(settings.repositories["shop"]))
    return await asyncio.to_thread(redtide, "investigate", *repository, *arguments, "--no-model", "--json")


def known(monkeypatch: pytest.MonkeyPatch, settings: Settings, **changed: Any) -> None:  # noqa: ANN401 (any setting)
    """The environment of the service."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))
    monkeypatch.setenv("REDTIDE_STORE_URL", settings.store_url)
    for name, value in changed.items():
        monkeypatch.setenv(f"REDTIDE_{name.upper()}", value)


async def recorded(store: Store, deploys: list[Deploy]) -> None:
    for each in deploys:
        await store.deploys.add(each)


async def test_the_recorded_deploys_tell_the_window(
    redtide: RedTide, store: Store, settings: Settings, day: Day, trace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, settings)
    await recorded(store, day.deploys)
    first = ("--first-seen", (day.began + timedelta(minutes=1)).isoformat())
    ran = await investigated(redtide, settings, "--trace", trace, "--service", "checkout", *first)
    told = json.loads(ran.out)
    assert (told["base"], told["deployed"]) == (day.shas["import"], day.shas["guard"])
    assert told["culprit"] == day.shas["guard"]
    assert {each["commit"] for each in told["ruled_out"] if "deployed after" in each["reason"]} == {day.shas["readme"]}


async def test_the_log_tells_the_trace_and_when_it_began(
    redtide: RedTide,
    store: Store,
    settings: Settings,
    day: Day,
    log_store: LogStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day.errors(lambda at: 6.0, since=0)
    await log_store.hold(day.rows)
    known(monkeypatch, settings, logs=log_store.settings().model_dump_json())
    await recorded(store, day.deploys)
    told = json.loads((await investigated(redtide, settings, "--service", "checkout")).out)
    assert (told["base"], told["deployed"]) == (day.shas["import"], day.shas["guard"])
    assert (told["exception"], told["culprit"]) == ("TypeError", day.shas["guard"])


async def test_a_serve_config_says_the_same(
    redtide: RedTide, store: Store, settings: Settings, day: Day, trace: str, tmp_path: Path
) -> None:
    await recorded(store, day.deploys)
    fields = {"store_url": settings.store_url, "repositories": {"shop": str(settings.repositories["shop"])}}
    config = tmp_path / "serve_config.yaml"
    config.write_text(json.dumps({"applications": [{"name": "redtide", "args": fields}]}))
    first = ("--first-seen", (day.began + timedelta(minutes=1)).isoformat())
    given = ("--trace", trace, "--service", "checkout", *first, "--config", str(config))
    told = json.loads((await investigated(redtide, settings, *given)).out)
    assert told["deployed"] == day.shas["guard"]


def test_without_any_deploy_git_tells_the_window_and_the_report_says_so(
    redtide: RedTide, settings: Settings, day: Day, trace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the default store would lie here, and must not be made by looking for it
    raw = pygit2.Repository(str(settings.repositories["shop"]))
    made = datetime.fromtimestamp(raw[day.shas["readme"]].peel(pygit2.Commit).commit_time, UTC)
    first = ("--first-seen", (made + timedelta(minutes=1)).isoformat())
    before = set(tmp_path.iterdir())
    ran = redtide("investigate", "--repo", str(settings.repositories["shop"]), "--trace", trace, *first, "--json")
    told = json.loads(ran.out)
    assert told["deployed"] == day.shas["readme"]
    assert told["missing"][0].startswith("No deploy is known: ")
    assert set(tmp_path.iterdir()) == before


async def test_a_base_that_is_given_holds(
    redtide: RedTide, store: Store, settings: Settings, day: Day, trace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, settings)
    await recorded(store, day.deploys)
    given = ("--trace", trace, "--service", "checkout", "--base", day.shas["comment"])
    told = json.loads((await investigated(redtide, settings, *given)).out)
    assert (told["base"], told["deployed"]) == (day.shas["comment"], day.shas["readme"])


async def test_nothing_to_read_is_one_line_with_the_remedy(redtide: RedTide, settings: Settings, day: Day) -> None:
    ran = await investigated(redtide, settings)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "redtide investigate: error: --trace: missing; give the log text of the error, "
        "or a log store to find it in (REDTIDE_LOGS)\n"
    )


@pytest.mark.parametrize("at", ["yesterday", "2026-11-23T10:50:00", "9999-12-31T23:59:59Z"])
async def test_a_time_that_cannot_be_used_is_one_line(
    redtide: RedTide, settings: Settings, day: Day, trace: str, at: str
) -> None:
    ran = await investigated(redtide, settings, "--trace", trace, "--first-seen", at)
    assert ran.status == 2
    assert ran.err.startswith("redtide investigate: error: --first-seen: ")


async def test_a_store_that_cannot_be_read_is_one_line(
    redtide: RedTide, settings: Settings, day: Day, trace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text").write_text("not a database, but long enough to be looked at as if it were one\n" * 99)
    known(monkeypatch, settings, store_url=f"sqlite:///{tmp_path}/text")
    ran = await investigated(redtide, settings, "--trace", trace)
    assert ran.status == 2
    assert ran.err.startswith("redtide investigate: error: --store: sqlite")
    assert ran.err.count("\n") == 1
