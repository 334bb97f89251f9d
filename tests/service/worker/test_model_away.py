"""The model goes away and comes back: the verdict from the evidence is there at once, the agents' replaces it later."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from graph.checkpoints import Checkpointer
from incidents.errors import ModelError, ModelUnavailable, ReplyInvalid
from incidents.incident import Status
from incidents.opinion import Opinion
from incidents.reasoning import ModelCall
from incidents.verdict import Verdict
from models.door import Answer, Question, T
from models.scripted import ScriptedModel
from service.settings import Settings
from service.store.schemas import Claim
from service.store.store import Store
from service.store.tables import IncidentRow
from service.worker.circuit_breaker import CircuitBreaker
from service.worker.triage import Triage
from tests.service.stand_ins import Found, alert, found, until
from tests.service.worker.model_away import at_work, ended, when
from tests.shop import TRACE, Shop, build_shop, script

TEAM = {"zero_shot", "chain_of_thought", "developer"}


class Switched(ScriptedModel):
    """Fails the agents that are named, until they are not."""

    def __init__(self, shop: Shop, *agents: str, error: ModelError | None = None) -> None:
        super().__init__(script(shop))
        self.failing = set(agents)
        self.error = error or ModelUnavailable("http://127.0.0.1:9/v1 cannot be reached")

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Answer, or fail."""
        if question.agent in self.failing:
            self.questions.append(question)
            raise self.error
        return await super().ask(question)

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return build_shop(settings.repositories["shop"])


@pytest.fixture
def quick(settings: Settings) -> Settings:
    changes = {"poll_seconds": 0.05, "agent_retry_seconds": 3_600.0, "model_url": "http://x/v1", "model_name": "tiny"}
    return settings.model_copy(update=changes)


async def time_to_ask_again(store: Store, triage: Triage) -> None:
    """The pause after the model was away is over."""

    async def idle() -> bool:
        return not triage._running

    await until(idle)
    triage._breaker._open_until = 0.0
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).values(not_before=None))


async def opened(store: Store, shop: Shop, **changes: object) -> str:
    revisions = {"base": shop.shas["import"], "deployed": shop.shas["readme"]}
    return await store.intake.accept(alert(stack_trace=TRACE, message="", **revisions, **changes), "{}")


async def test_the_agents_judge_when_the_model_is_back_and_their_verdict_replaces_the_one_from_the_evidence(
    store: Store, quick: Settings, shop: Shop
) -> None:
    model = Switched(shop, *TEAM)
    incident = await opened(store, shop)
    async with at_work(store, quick, model) as (triage, kept):
        await until(when(store, incident, lambda seen: seen.version > 0))
        early = await store.queries.incident(incident)
        asked = len(model.questions)
        await time_to_ask_again(store, triage)
        await until(lambda: _asked_more_than(model, asked))  # in vain once more
        await until(when(store, incident, lambda seen: seen.status == Status.DONE))
        in_vain = await store.queries.incident(incident)
        model.failing.clear()
        await time_to_ask_again(store, triage)
        await until(when(store, incident, ended))
        await until(lambda: _empty(kept))
    late = await store.queries.incident(incident)
    assert early.verdict
    assert late.verdict
    assert (early.version, early.agents_due, early.verdict.mode) == (1, True, "evidence")
    assert set(early.verdict.unreached) == TEAM
    assert (in_vain.version, in_vain.agents_due, in_vain.finished_at) == (1, True, early.finished_at)
    assert (late.version, late.verdict.mode, late.verdict.culprit, late.failure) == (2, "agents", shop.culprit, None)
    assert late.verdict.unreached == ()


async def _empty(kept: Checkpointer) -> bool:
    return not [each async for each in kept.alist(None)]


async def _asked_more_than(model: Switched, number: int) -> bool:
    return len(model.questions) > number


@pytest.mark.parametrize("away", ["developer", "judge", "chain_of_thought"])
async def test_only_the_agents_that_could_not_be_asked_are_asked_again(
    store: Store, quick: Settings, shop: Shop, away: str
) -> None:
    model = Switched(shop, away)
    incident = await opened(store, shop)
    async with at_work(store, quick, model) as (triage, _):
        await until(when(store, incident, lambda seen: seen.version == 1))
        first = await store.queries.incident(incident)
        before, model.failing = len(model.questions), set()
        model._said.clear()
        await time_to_ask_again(store, triage)
        await until(when(store, incident, ended))
    again = {question.agent for question in model.questions[before:]}
    late, trace = await store.queries.incident(incident), await store.queries.trace(incident)
    assert first.verdict
    assert late.verdict
    assert (first.verdict.unreached, first.agents_due) == ((away,), True)
    assert away in again
    assert not again & {"zero_shot"}
    assert ("developer" in again) == (away == "developer")
    assert (late.version, late.verdict.culprit, late.verdict.unreached) == (2, shop.culprit, ())
    calls = [step for step in trace.steps if isinstance(step, ModelCall)]
    assert {"zero_shot", "chain_of_thought", "developer", "judge"} <= {call.agent for call in calls}
    assert not [call for call in calls if call.error]


async def test_nobody_comes_back_for_ever(store: Store, quick: Settings, shop: Shop) -> None:
    model = Switched(shop, *TEAM)
    incident = await opened(store, shop)
    few = quick.model_copy(update={"agent_retries": 2, "agent_retry_seconds": 0.05})
    async with at_work(store, few, model) as (_, kept):
        await until(when(store, incident, lambda seen: seen.version > 0 and ended(seen)))
        await until(lambda: _empty(kept))
    assert await store.leases.claim("me") is None
    seen, trace = await store.queries.incident(incident), await store.queries.trace(incident)
    assert len(model.questions) == 3 * 3  # three times both SREs and the developer
    assert (seen.version, seen.verdict and seen.verdict.mode) == (1, "evidence")
    assert "did not answer" in (seen.failure or "")
    assert trace.steps


async def test_a_model_that_answers_nonsense_is_not_asked_again(store: Store, quick: Settings, shop: Shop) -> None:
    model = Switched(shop, *TEAM, error=ReplyInvalid("no reply is a DirectAnswer"))
    incident = await opened(store, shop)
    async with at_work(store, quick, model):
        await until(when(store, incident, lambda seen: seen.version > 0))
    seen = await store.queries.incident(incident)
    assert seen.verdict
    assert (seen.agents_due, seen.verdict.mode, seen.verdict.unreached) == (False, "evidence", ())


async def test_while_the_model_is_away_new_incidents_get_their_verdict_from_the_evidence_without_asking_it(
    store: Store, quick: Settings, shop: Shop
) -> None:
    model = Switched(shop, *TEAM)
    async with at_work(store, quick, model):
        first = await opened(store, shop)
        await until(when(store, first, lambda seen: seen.version == 1))
        asked = len(model.questions)
        second = await opened(store, shop, service="billing")
        await until(when(store, second, lambda seen: seen.version == 1))
    seen = await store.queries.incident(second)
    assert (len(model.questions), seen.agents_due) == (asked, True)


async def test_the_worst_is_first_when_the_model_is_back_however_long_its_pause_was(
    store: Store, quick: Settings
) -> None:
    order: list[str] = []

    async def told(claim: Claim) -> Found:
        order.append(claim.incident.alert.service)
        return _found(claim, unreached=())

    ids = {}
    for service, count in (("mild", 2), ("loud", 500), ("quiet", 1)):
        ids[service] = await store.intake.accept(alert(service=service, count=count), "{}")
        claim = await store.leases.claim("me")
        assert claim
        hour = 3_600.0 if service != "quiet" else 0.0  # it is the one that finds the model back
        assert await store.outcomes.finish(claim, _found(claim), agents_due=True, retry_after=hour)
    triage_settings = quick.model_copy(update={"investigations_at_once": 1})
    triage = Triage(store, told, triage_settings)
    assert claim
    triage._breaker.closed_by(_found(claim).verdict)
    triage._breaker._open_until = 0.0  # it is time to ask again
    work = asyncio.create_task(triage.run())
    for incident in ids.values():
        await until(when(store, incident, ended))
    await triage.stop()
    await work
    assert order == ["quiet", "loud", "mild"]


def _found(claim: Claim, unreached: tuple[str, ...] = ("zero_shot",)) -> Found:
    plain = found(claim.incident.id)
    return Found(plain.evidence, _judged(plain.verdict, unreached), plain.report)


def _judged(verdict: Verdict, unreached: tuple[str, ...]) -> Verdict:
    away = bool(unreached)
    opinion = Opinion(agent="zero_shot", commit="c" * 40, caused=None if away else False, unreached=away)
    return verdict.model_copy(update={"opinions": (opinion,), "unreached": unreached})


def test_a_verdict_for_which_nobody_was_asked_does_not_say_that_the_model_is_back(quick: Settings) -> None:
    breaker, empty = CircuitBreaker(quick), found().verdict
    assert not breaker.closed_by(_judged(empty, unreached=("zero_shot",)))
    assert not breaker.closed_by(empty)
    assert breaker.is_open
    assert breaker.closed_by(_judged(empty, unreached=()))
    assert not breaker.is_open


def test_the_circuit_breaker_closes_by_itself_when_it_is_time_to_ask_again(quick: Settings) -> None:
    now = [100.0]
    breaker = CircuitBreaker(quick, lambda: now[0])
    breaker.closed_by(_judged(found().verdict, unreached=("zero_shot",)))
    now[0] += quick.agent_retry_seconds - 0.01
    before = breaker.is_open
    now[0] += 0.01
    assert (before, breaker.is_open) == (True, False)


async def test_a_new_deploy_begins_to_count_anew(store: Store) -> None:
    incident = await store.intake.accept(alert(), "{}")
    claim = await store.leases.claim("me")
    assert claim
    assert await store.outcomes.finish(claim, _found(claim), agents_due=True, retry_after=60.0)
    assert await store.leases.claim("me") is None
    async with store.database.write() as session:
        await session.execute(update(IncidentRow).values(not_before=datetime.now(UTC) - timedelta(seconds=1)))
    waiting = await store.leases.claim("me")
    assert waiting
    assert waiting.agent_retries == 1
    assert await store.intake.accept(alert(deployed="c" * 40), "{}") == incident
    anew = await store.leases.claim("me")
    assert anew
    assert (anew.agent_retries, anew.round) == (0, 2)
