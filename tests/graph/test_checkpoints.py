"""A killed investigation resumes where it was cut off; a finished one is not run again."""

import asyncio
from pathlib import Path

import pytest

from graph.checkpoints import forget, sqlite_checkpoints, threads
from graph.investigation import investigate
from incidents.reasoning import NodeRun
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from tests.shop import Shop, script


class Killed(RuntimeError):
    """What stands for the end of the process."""


class DiesAtTheJudge(ScriptedModel):
    """Answers until the judge is asked."""

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or die."""
        if question.agent == "judge":
            raise Killed
        return await super().ask(question)


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
