"""Pushing a revert: without a forge, against a remote that refuses or is gone, and what a hostile commit can write."""

import asyncio
import logging
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from incidents.errors import RevertStateConflict
from service.settings import Settings
from tests.service.reverts.forge_state import TOKEN
from tests.service.reverts.scene import Remote, Scene, remote, scene, settings_for
from tests.shop import PRICES

ONE_DATABASE = True
HOSTILE = (
    "prices: @everyone fixes #12 [skip ci] ```\n\n@all closes https://example.org/issues/1\nDifferential Revision: D77"
)


@pytest_asyncio.fixture
async def by_push(settings: Settings, github: Remote, tmp_path: Path) -> AsyncIterator[Scene]:
    """A repository without a forge: its remote is a folder, and its branches are named as the owner wishes."""
    chosen = {"url": f"file://{github.shop.path}", "branch": "undo/{incident}/{key}"}
    async with scene(settings_for(settings, github, tmp_path, forge="push", **chosen), github) as opened:
        yield opened


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Remote]:
    with remote(tmp_path, "github", HOSTILE) as running:
        yield running


def refuse_pushes(remote: Remote, text: str) -> Path:
    hook = remote.shop.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    return hook


async def test_without_a_forge_a_branch_is_pushed_and_its_merge_is_seen(by_push: Scene) -> None:
    revert = await by_push.store.planned_reverts.get(await by_push.opened())
    assert (revert.route, revert.forge, revert.number, revert.url) == ("push", "push", None, None)
    assert revert.branch.startswith(f"undo/{by_push.incident}/")
    assert by_push.remote.pushed() == {revert.branch: revert.written}
    assert (await by_push.reverts.refresh(revert.id)).state == "open"
    assert revert.written is not None
    by_push.remote.raw.references["refs/heads/main"].set_target(revert.written)
    assert (await by_push.reverts.refresh(revert.id)).state == "merged"


async def test_a_pushed_branch_that_somebody_deleted_is_closed_and_a_cancelled_one_is_gone(by_push: Scene) -> None:
    revert = await by_push.store.planned_reverts.get(await by_push.opened())
    by_push.remote.raw.references.delete(f"refs/heads/{revert.branch}")
    assert (await by_push.reverts.refresh(revert.id)).state == "closed"
    again = await by_push.opened()
    assert (await by_push.reverts.cancel(again, "cleo")).state == "cancelled"
    assert by_push.remote.pushed() == {}


async def test_at_a_forge_only_a_branch_is_pushed_where_that_is_asked_for(at_github: Scene) -> None:
    revert = await at_github.approved(route="push")
    assert (await at_github.reverts.execute(revert, "ben")).state == "open"
    assert at_github.remote.forge.pulls == []


async def test_a_remote_that_refuses_is_said_and_a_second_call_completes_it(at_github: Scene) -> None:
    hook = refuse_pushes(at_github.remote, "protected")
    failed = await at_github.reverts.execute(await at_github.approved(), "ben")
    assert failed.state == "failed"
    assert "pre-receive hook declined" in failed.problem
    assert at_github.remote.pushed() == {}
    hook.unlink()
    assert (await at_github.reverts.execute(failed.id, "ben")).state == "open"


async def test_a_push_without_answer_is_completed_with_the_same_commit(at_github: Scene) -> None:
    at_github.remote.git.cut = 1
    failed = await at_github.reverts.execute(await at_github.approved(), "ben")
    assert failed.state == "failed"
    assert at_github.remote.pushed() == {failed.branch: failed.written}
    again = await at_github.reverts.execute(failed.id, "ben")
    assert (again.state, again.written) == ("open", failed.written)


async def test_a_branch_of_somebody_else_is_neither_moved_nor_deleted(at_github: Scene) -> None:
    revert = await at_github.store.planned_reverts.get(await at_github.approved())
    theirs = at_github.shop.shas["comment"]
    at_github.remote.raw.references.create(f"refs/heads/{revert.branch}", theirs)
    failed = await at_github.reverts.execute(revert.id, "ben")
    assert failed.state == "failed"
    assert "is there with another commit" in failed.problem
    assert (await at_github.reverts.cancel(revert.id, "ben")).state == "cancelled"
    assert at_github.remote.pushed() == {revert.branch: theirs}


async def test_of_two_calls_at_once_one_executes_it(at_github: Scene) -> None:
    revert = await at_github.approved()
    both = await asyncio.gather(
        at_github.reverts.execute(revert, "ben"), at_github.reverts.execute(revert, "cleo"), return_exceptions=True
    )
    assert [type(each) for each in both].count(RevertStateConflict) == 1
    assert len(at_github.remote.forge.pulls) == 1


async def test_two_that_plan_at_once_get_the_same_revert(at_github: Scene) -> None:
    both = await asyncio.gather(*(at_github.reverts.plan(at_github.incident, who) for who in ("ana", "ben")))
    assert len({each.id for each in both}) == 1


async def test_neither_hooks_nor_settings_of_the_clone_are_run(at_github: Scene, tmp_path: Path) -> None:
    revert = await at_github.approved()
    clone, trace = tmp_path / "clone.git", tmp_path / "ran"
    hook = clone / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {trace}\n")
    hook.chmod(0o755)
    with (clone / "config").open("a") as config:
        config.write(f'[core]\n\tsshCommand = touch {trace}\n[url "http://127.0.0.1:9/"]\n\tinsteadOf = http://\n')
    before = sorted(path.name for path in (clone / "objects").iterdir())
    assert (await at_github.reverts.execute(revert, "ben")).state == "open"
    assert not trace.exists()
    assert sorted(path.name for path in (clone / "objects").iterdir()) == before


async def test_a_hostile_commit_orders_the_forge_nothing(settings: Settings, hostile: Remote, tmp_path: Path) -> None:
    async with scene(settings_for(settings, hostile, tmp_path), hostile) as at_hostile:
        revert = await at_hostile.store.planned_reverts.get(await at_hostile.opened())
    (pull,) = hostile.forge.pulls
    for order in ("@everyone", "#12", "[skip ci]", "@all", "https://example.org"):
        assert order not in pull.title + pull.body
    assert pull.body.count("```") == 2
    assert "everyone" in pull.title
    assert revert.written is not None
    assert hostile.text(revert.written, "shop/prices.py") == PRICES


async def test_the_token_is_in_no_log_no_record_and_no_address(
    at_github: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refuse_pushes(at_github.remote, f"you sent {TOKEN}")
    failed = await at_github.reverts.execute(await at_github.approved(), "ben")
    assert failed.state == "failed"
    audits = (await at_github.store.queries.audits(at_github.incident)).model_dump_json()
    assert TOKEN not in caplog.text + failed.model_dump_json() + audits
    assert all(TOKEN not in path for _, path, _ in at_github.remote.forge.requests)
    assert all(TOKEN not in path for path, _ in at_github.remote.git.requests)
