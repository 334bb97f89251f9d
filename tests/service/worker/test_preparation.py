"""Where the window comes from: recorded deploys, a log of them, tags, commit times; and clones that are refreshed."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.nodes import find_window, read_log
from graph.request import Request
from graph.state import Context, RunContext, State
from incidents.alert import Alert
from incidents.errors import FetchFailed, RepositoryNotFound, UnknownRevision, UnreadableTrace
from incidents.incident import Incident
from incidents.rollout import Rollout
from service.repositories.clones import Clones
from service.settings import Settings
from service.worker.preparation import Preparation, _merged
from tests.elastic.fixtures import LogStore
from tests.repositories import Built, build, extend
from tests.service.stand_ins import alert
from tools.git.mirror import Mirror
from tools.git.remote import FetchPolicy
from tools.git.repository import Repository

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILES = FetchPolicy(schemes=("file",))


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Six commits, an hour apart, the last one at noon."""
    first = int(NOW.timestamp()) - 5 * 3_600
    return build(tmp_path, [{"files": {"a.txt": f"{n}\n"}, "at": first + 3_600 * n} for n in range(6)], name="shop")


def incident(**changed: object) -> Incident:
    given = alert(**{"base": None, "deployed": None, "first_seen": NOW, **changed})
    return Incident(id="INC-1", alert=given, opened_at=NOW + timedelta(minutes=5), base="", deployed="")


class Told:
    """Deploys as the store tells them, of one repository or of any."""

    def __init__(self, rollouts: list[Rollout], repository: str = "") -> None:
        self._rollouts = rollouts
        self._repository = repository

    async def reported(self, alert: Alert, until: datetime) -> tuple[Rollout, ...]:
        """All of them."""
        return tuple(self._rollouts) if self._repository in ("", alert.repository) else ()


@dataclass(frozen=True)
class At:
    """What a node is called with."""

    context: RunContext


async def found_by(preparation: Preparation, one: Incident) -> State:
    """The first two nodes of the graph, with the service's adapters."""
    context = Context(
        repositories=preparation.repositories,
        logs=preparation.logs,
        deploys=preparation.deploys,
        window=preparation.settings.window,
    )
    state = State(request=Request.of(one), steps=[])
    for node in (read_log, find_window):
        update = await node(state, At(RunContext(context)))
        state.update({**update, "steps": [*state["steps"], *update["steps"]]})
    return state


async def prepared(settings: Settings, one: Incident) -> State:
    preparation = Preparation(settings)
    try:
        return await found_by(preparation, one)
    finally:
        await preparation.close()


def logged(revision: str, minutes: float, **more: object) -> Mapping[str, object]:
    """A document of the deploy log."""
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    service = {"name": "checkout", "version": revision, "environment": "production"}
    return {"@timestamp": at, "service": service, "user": {"name": "Ben"}, **more}


async def test_a_deploy_log_tells_the_window(settings: Settings, built: Built, log_store: LogStore) -> None:
    others: list[Mapping[str, object]] = [
        logged("x", -3, deploy={"repository": "other"}),
        {"@timestamp": NOW.isoformat(), "message": "no deploy"},
    ]
    rows = [logged(built.shas[3], -4, deploy={"old_revision": built.shas[1]}), logged(built.shas[4], 3), *others]
    await log_store.hold(rows)
    logs = log_store.settings(index="nothing-*", deploy_index=log_store.index)
    found = await prepared(settings.model_copy(update={"logs": logs}), incident())
    window = found["window"]
    assert (window.base, window.deployed) == (built.shas[1], built.shas[3])
    assert [(each.revision, each.actor, each.source) for each in window.rollouts][:1] == [(built.shas[3], "Ben", "log")]
    assert [each.commit.sha for each in window.later] == [built.shas[4]]


async def test_without_any_deploy_git_itself_is_asked(settings: Settings, built: Built) -> None:
    found = await prepared(settings, incident())
    assert found["window"].deployed == built.shas[5]
    assert found["window"].base == built.shas[0]
    assert found["window"].notes[0].startswith("No deploy is known: ")
    assert [getattr(step, "node", "") for step in found["steps"]] == ["read_log", "find_window"]


async def test_times_without_an_offset_are_taken_to_be_utc(settings: Settings, built: Built) -> None:
    found = await prepared(settings, incident(first_seen=NOW.replace(tzinfo=None)))
    assert found["request"].first_seen == NOW


async def test_an_alert_with_nothing_to_read_and_no_log_to_ask_is_refused(settings: Settings, built: Built) -> None:
    with pytest.raises(UnreadableTrace, match="no log to ask"):
        await prepared(settings, incident(stack_trace="", message=""))


async def test_an_unknown_revision_refreshes_the_mirror_once(settings: Settings, built: Built, tmp_path: Path) -> None:
    mirror = tmp_path / "mirrors" / "shop.git"
    changed = {
        "repositories": {"shop": mirror},
        "fetch": FILES,
        "remotes": {"shop": f"file://{built.path}"},
        "refresh_seconds": 3_600,
    }
    settings = settings.model_copy(update=changed)
    preparation = Preparation(settings)
    first = await found_by(preparation, incident(base=built.shas[0], deployed=built.shas[5]))
    assert (await preparation.repositories.open(first["window"].repository)).folder == mirror
    (new,) = extend(built.path, [{"files": {"b.txt": "b\n"}}])
    second = await found_by(preparation, incident(base=built.shas[0], deployed=new))
    assert second["window"].deployed == new
    with pytest.raises(UnknownRevision):
        await found_by(preparation, incident(base=built.shas[0], deployed="0" * 40))


async def test_a_deploy_of_a_revision_nobody_knows_refreshes_the_mirror(
    settings: Settings, built: Built, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirrors" / "shop.git"
    changed = {
        "repositories": {"shop": mirror},
        "fetch": FILES,
        "remotes": {"shop": f"file://{built.path}"},
        "refresh_seconds": 3_600,
    }
    told: list[Rollout] = [Rollout(revision=built.shas[2], at=NOW - timedelta(hours=5))]
    preparation = Preparation(settings.model_copy(update=changed), Told(told))
    await found_by(preparation, incident())
    (new,) = extend(built.path, [{"files": {"b.txt": "b\n"}}])
    told.append(Rollout(revision=new, at=NOW - timedelta(minutes=3)))
    found = await found_by(preparation, incident())
    assert (found["window"].base, found["window"].deployed) == (built.shas[2], new)


async def test_the_trace_chooses_among_the_repositories_of_a_service(
    settings: Settings, built: Built, tmp_path: Path
) -> None:
    library = build(tmp_path, [{"files": {"src/Cart.php": f"<?php // {n}\n"}} for n in range(3)], name="library")
    changed = {"repositories": {"shop": built.path, "library": library.path}, "services": {"checkout": ("library",)}}
    told = [Rollout(revision=built.shas[n], at=NOW - timedelta(minutes=90 - 20 * n)) for n in (1, 4)]
    preparation = Preparation(settings.model_copy(update=changed), Told(told, "shop"))
    found = await found_by(preparation, incident())  # its trace names src/Cart.php
    assert found["window"].repository == "library"
    assert found["window"].deployed == library.shas[2]
    assert found["request"].revert_command is None
    assert "The trace runs through library: that repository was looked into." in found["window"].notes
    assert f"shop was deployed before the errors too ({built.shas[4][:12]} at 11:50:00 UTC): " in "".join(
        found["window"].notes
    )


async def test_incidents_that_come_together_fetch_once(
    settings: Settings, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches: list[Path] = []

    class Counted(Mirror):
        def refresh(self) -> None:
            fetches.append(self.path)
            super().refresh()

    monkeypatch.setattr("service.repositories.clones.Mirror", Counted)
    changed = {
        "repositories": {"shop": tmp_path / "m.git"},
        "fetch": FILES,
        "remotes": {"shop": f"file://{built.path}"},
    }
    clones = Clones(settings.model_copy(update=changed))
    opened = await asyncio.gather(*(clones.open("shop") for _ in range(4)))
    assert {each.resolve("HEAD") for each in opened} == {built.shas[5]}
    assert fetches == [tmp_path / "m.git"]
    assert clones.notes("shop") == ()
    await asyncio.gather(*(clones.refreshed("shop") for _ in range(4)))  # a revision that nobody knows yet
    assert len(fetches) == 2


async def test_a_remote_that_is_gone_is_told_and_the_clone_used(
    settings: Settings, built: Built, tmp_path: Path
) -> None:
    changed = {"repositories": {"shop": built.path}, "fetch": FILES, "remotes": {"shop": f"file://{tmp_path}/gone"}}
    found = await prepared(settings.model_copy(update=changed), incident())
    assert found["window"].deployed == built.shas[5]
    assert any(text.startswith("The clone of shop could not be refreshed") for text in found["window"].notes)
    assert Repository.open(built.path).resolve("HEAD") == built.shas[5]


async def test_a_repository_nobody_knows_is_refused(settings: Settings) -> None:
    with pytest.raises(RepositoryNotFound, match="no longer"):
        await Clones(settings).open("other")


def test_a_deploy_told_by_both_records_is_one() -> None:
    one = Rollout(revision="v1", at=NOW)
    same = Rollout(revision="v1", at=NOW + timedelta(seconds=40), source="log")
    assert _merged((one,), (same,)) == (one,)
    assert len(_merged((one,), (same.model_copy(update={"revision": "v2"}),))) == 2


async def test_a_second_repository_that_is_not_there_does_not_cost_the_verdict(
    settings: Settings, built: Built, tmp_path: Path
) -> None:
    changed = {
        "repositories": {"shop": built.path, "library": tmp_path / "nowhere"},
        "services": {"checkout": ("shop", "library")},
    }
    found = await found_by(Preparation(settings.model_copy(update=changed)), incident())
    assert found["window"].deployed == built.shas[5]
    assert any(note.startswith("library could not be looked into") for note in found["window"].notes)


async def test_a_second_repository_whose_fetch_takes_long_becomes_a_note(
    settings: Settings, built: Built, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        changed = {
            "repositories": {"shop": built.path, "library": tmp_path / "library.git"},
            "services": {"checkout": ("shop", "library")},
            "remotes": {"library": f"http://127.0.0.1:{silent.getsockname()[1]}/library.git"},
        }
        both = settings.model_copy(update=changed)
        found = await found_by(Preparation(both, clones=Clones(both, patience=0.0)), incident())
    assert found["window"].deployed == built.shas[5]
    assert any(
        note.startswith("library could not be looked into: the fetch of library takes long")
        for note in found["window"].notes
    )


async def test_a_time_that_means_not_known_is_left_out(settings: Settings, built: Built) -> None:
    zero = datetime(1, 1, 1, tzinfo=UTC)
    found = await found_by(
        Preparation(settings.model_copy(update={"repositories": {"shop": built.path}})),
        incident(first_seen=zero, last_seen=zero),
    )
    assert found["window"].deployed == built.shas[5]


async def test_a_clone_that_could_not_be_made_is_tried_again_and_not_held_against_the_alert(
    settings: Settings, tmp_path: Path
) -> None:
    changed = {
        "repositories": {"shop": tmp_path / "m.git"},
        "fetch": FILES,
        "remotes": {"shop": f"file://{tmp_path}/nowhere.git"},
    }
    with pytest.raises(FetchFailed):
        await found_by(Preparation(settings.model_copy(update=changed)), incident())
