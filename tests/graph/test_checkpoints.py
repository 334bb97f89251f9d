"""A killed investigation resumes where it was cut off; a finished one is not run again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint

from graph import resuming
from graph.checkpoints import forget, sqlite_checkpoints, threads
from graph.investigation import investigate
from graph.ports import Deploys
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from incidents.errors import ModelUnavailable
from incidents.reasoning import ModelCall, NodeRun
from incidents.rollout import Rollout
from models.door import Answer, LanguageModel, Question, T
from models.scripted import ScriptedModel
from tests.shop import Shop, script
from tools.git.repository import Repository
from tools.logs.log_reading import LogReading


class Killed(RuntimeError):
    """What stands for the end of the process."""


class DiesAtTheJudge(ScriptedModel):
    """Answers until the judge is asked."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or die."""
        if question.agent == "judge":
            raise Killed
        return await super().ask(question)


@dataclass
class Outside:
    """Logs, deploys and repositories of one replica, and what was asked of them."""

    folders: Mapping[str, Path]
    revisions: tuple[str, str]
    asked: list[str] = field(default_factory=list)
    dies_at: str = ""

    async def read(self, request: Request) -> LogReading:
        self._ask("log")
        return LogReading(missing=("The log is empty.",))

    def questions(self, log: LogReading) -> None: ...

    async def deploys(self, alert: Alert, opened_at: datetime) -> Deploys:
        self._ask("deploys")
        before, after = self.revisions
        rollouts = (Rollout(revision=before, at=opened_at - timedelta(hours=2)), Rollout(revision=after, at=opened_at))
        return Deploys(rollouts)

    async def open(self, name: str) -> Repository:
        self._ask(f"open {name}")
        return Repository.open(self.folders[name])

    async def refreshed(self, name: str) -> bool:
        return False

    def notes(self, name: str) -> tuple[str, ...]:
        return ()

    def of_service(self, service: str) -> tuple[str, ...]:
        return tuple(self.folders)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what == self.dies_at:
            raise Killed

    def lent(self, model: LanguageModel | None) -> Context:
        return Context(repositories=self, logs=self, deploys=self, model=model, model_name="scripted")


def outside(shop: Shop, dies_at: str = "") -> Outside:
    return Outside({"shop": shop.path}, (shop.shas["import"], shop.shas["readme"]), dies_at=dies_at)


def unwindowed(shop: Shop) -> Request:
    """Nobody says which revisions are to be compared."""
    return shop.request(base=None, deployed=None, opened_at=datetime.now(UTC))


async def test_what_was_done_is_not_done_again(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.sqlite3"
    async with sqlite_checkpoints(file) as kept:
        with pytest.raises(Killed):
            await investigate(shop.context(DiesAtTheJudge(script(shop))), shop.request(), checkpointer=kept)
    after = ScriptedModel(script(shop))
    async with sqlite_checkpoints(file) as kept:
        found = await investigate(shop.context(after), shop.request(), checkpointer=kept)
    assert [question.agent for question in after.questions] == ["judge", "incident_manager"]
    assert found.verdict.culprit == shop.culprit
    assert [step.node for step in found.steps if isinstance(step, NodeRun)].count("gather_evidence") == 1


async def test_a_finished_investigation_is_not_run_again(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with sqlite_checkpoints(tmp_path / "checkpoints.sqlite3") as kept:
        first = await investigate(shop.context(ScriptedModel(script(shop))), shop.request(), checkpointer=kept)
        second = await investigate(shop.context(ScriptedModel({})), shop.request(), checkpointer=kept)
        assert second.verdict == first.verdict
        assert second.steps == first.steps
        await forget(kept, "INC-1")
        third = await investigate(shop.context(), shop.request(), checkpointer=kept, thread_id="INC-1")
        assert third.verdict.mode == "evidence"
    assert "unregistered" not in caplog.text
    assert "Blocked" not in caplog.text


async def test_a_checkpoint_needs_a_name(shop: Shop, tmp_path: Path) -> None:
    async with sqlite_checkpoints(tmp_path / "checkpoints.sqlite3") as kept:
        with pytest.raises(ValueError, match="thread_id"):
            await investigate(shop.context(), shop.request(incident=""), checkpointer=kept)


async def test_a_deletion_is_seen_through_whoever_is_cancelled_meanwhile(shop: Shop, tmp_path: Path) -> None:
    """Half of one would keep SQLite's write lock, and with it every other process waiting."""
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        await investigate(shop.context(), shop.request(), checkpointer=kept, thread_id="t")
        async with kept.lock:
            deleting = asyncio.create_task(forget(kept, "t"))
            await asyncio.sleep(0.01)
            deleting.cancel()
            await asyncio.gather(deleting, return_exceptions=True)
        assert await threads(kept) == set()


async def test_a_write_is_seen_through_whoever_is_cancelled_meanwhile(tmp_path: Path) -> None:
    """Half of one would keep SQLite's write lock, and with it every other process waiting until it gives up."""
    file = tmp_path / "c.sqlite3"
    config: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": ""}}
    async with sqlite_checkpoints(file) as kept, aiosqlite.connect(file, timeout=0) as another:
        for writing in (kept.aput(config, empty_checkpoint(), {}, {}), kept.aput_writes(config, [("a", 1)], "task")):
            task = asyncio.create_task(writing)
            while not kept.lock.locked():  # noqa: ASYNC110 (the lock is the library's)
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            async with kept.lock:  # it may still be writing
                await another.execute("DELETE FROM writes WHERE thread_id = 'of another process'")
                await another.commit()
        written = "SELECT count(*) FROM checkpoints UNION ALL SELECT count(*) FROM writes"
        assert [count for (count,) in await another.execute_fetchall(written)] == [1, 1]


async def test_whoever_takes_over_asks_neither_the_log_nor_the_deploys_again(shop: Shop, tmp_path: Path) -> None:
    dying, heir, after = outside(shop), outside(shop), ScriptedModel(script(shop))
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        with pytest.raises(Killed):
            await investigate(dying.lent(DiesAtTheJudge(script(shop))), unwindowed(shop), checkpointer=kept)
        found = await investigate(heir.lent(after), unwindowed(shop), checkpointer=kept)
    assert dying.asked[:2] == ["log", "deploys"]
    assert heir.asked == ["open shop"]
    assert (found.verdict.culprit, found.verdict.mode) == (shop.culprit, "agents")
    assert "The log is empty." in found.report.missing
    assert [step.node for step in found.steps if isinstance(step, NodeRun)][:3] == [
        "read_log",
        "find_window",
        "gather_evidence",
    ]


async def test_a_window_that_was_not_found_yet_is_looked_for_with_the_log_that_was_read(
    shop: Shop, tmp_path: Path
) -> None:
    dying, heir = outside(shop, dies_at="deploys"), outside(shop)
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        with pytest.raises(Killed):
            await investigate(dying.lent(None), unwindowed(shop), checkpointer=kept)
        found = await investigate(heir.lent(None), unwindowed(shop), checkpointer=kept)
    assert heir.asked[:1] == ["deploys"]
    assert "log" not in heir.asked
    assert found.evidence.deployed == shop.shas["readme"]


async def test_a_checkpoint_of_another_version_is_begun_anew(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel(script(shop))
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        with monkeypatch.context() as before:
            before.setattr(resuming, "VERSION", resuming.VERSION - 1)
            with pytest.raises(Killed):
                await investigate(shop.context(DiesAtTheJudge(script(shop))), shop.request(), checkpointer=kept)
        found = await investigate(shop.context(model), shop.request(), checkpointer=kept)
    assert "zero_shot" in {question.agent for question in model.questions}
    assert [step.node for step in found.steps if isinstance(step, NodeRun)].count("read_log") == 1
    assert found.verdict.culprit == shop.culprit


async def test_the_same_thread_with_other_revisions_is_another_question(shop: Shop, tmp_path: Path) -> None:
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        await investigate(shop.context(), shop.request(), checkpointer=kept)
        later = await investigate(shop.context(), shop.request(base=shop.shas["guard"]), checkpointer=kept)
    assert later.evidence.base == shop.shas["guard"]


@pytest.mark.parametrize("same", [True, False])
async def test_opinions_of_an_earlier_run_count_only_about_the_window_they_are_about(
    shop: Shop, tmp_path: Path, same: bool
) -> None:
    said: dict[str, Any] = {**script(shop), "judge": ModelUnavailable("connection refused")}
    first, again = outside(shop), outside(shop)
    if not same:
        again.revisions = (shop.shas["comment"], shop.shas["readme"])
    back = ScriptedModel(script(shop))
    async with sqlite_checkpoints(tmp_path / "c.sqlite3") as kept:
        early = await investigate(first.lent(ScriptedModel(said)), unwindowed(shop), checkpointer=kept)
        late = await investigate(again.lent(back), unwindowed(shop), checkpointer=kept)
    asked = {question.agent for question in back.questions}
    assert early.verdict.unreached == ("judge",)
    assert (late.verdict.unreached, late.verdict.culprit) == ((), shop.culprit)
    assert ("zero_shot" in asked) is not same
    (judged,) = (question.prompt.user for question in back.questions if question.agent == "judge")
    assert "against its own answer:\n\n<notes>\nunknown items may be new\n</notes>" in judged
    calls = [step.commit for step in late.steps if isinstance(step, ModelCall) and step.agent == "zero_shot"]
    assert len(calls) == len(set(calls)) > 0
