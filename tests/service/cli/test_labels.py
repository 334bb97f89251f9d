"""From an alert over HTTP to a file that `redtide evaluate` reads; and what the store remembers of it."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from incidents.alert import Alert
from incidents.reasoning import LOG_TRACE, ToolCall
from service.api.routes import create_api
from service.cli.cases import read_cases
from service.settings import Settings
from service.store.feedback import JudgedIncident
from service.store.schemas import Feedback
from service.store.store import Store, reading
from service.worker.investigator import Investigator
from tests.service.cli.ran import Ran, RedTide
from tests.service.stand_ins import AUTHORIZED, NOON, TOKEN, Bell, alert, found
from tests.shop import TRACE, Shop, build_shop
from tools.training.examples import LabelledIncident


@pytest.fixture
def shop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Its repository, known to the service and the command line by their environment."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))
    monkeypatch.setenv("REDTIDE_STORE_URL", settings.store_url)
    return build_shop(settings.repositories["shop"])


@pytest_asyncio.fixture
async def service(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP application."""
    monkeypatch.setenv("REDTIDE_API_TOKEN", TOKEN)
    transport = httpx.ASGITransport(create_api(store, Bell(), settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        yield client


def revisions(shop: Shop) -> dict[str, str]:
    return {"base": shop.shas["import"], "deployed": shop.shas["readme"]}


async def investigated(store: Store, settings: Settings) -> None:
    """What triage does with the next incident."""
    claim = await store.leases.claim("me")
    assert claim is not None
    investigator = Investigator(settings)
    assert await store.outcomes.finish(claim, await investigator(claim))
    await investigator.close()


async def judged(store: Store, shop: Shop, culprit: str | None, **steps: Any) -> str:  # noqa: ANN401 (steps=)
    """The next incident gets this verdict; its id."""
    claim = await store.leases.claim("me")
    assert claim is not None
    finding = found(claim.incident.id)
    verdict = finding.verdict.model_copy(update={"outcome": "culprit" if culprit else "none", "culprit": culprit})
    evidence = finding.evidence.model_copy(update=revisions(shop))
    assert await store.outcomes.finish(claim, dataclasses.replace(finding, verdict=verdict, evidence=evidence, **steps))
    return claim.incident.id


async def said_of(store: Store, incident: str, label: str, commit: str | None = None) -> None:
    await store.feedback.add(incident, Feedback.model_validate({"label": label, "commit": commit}), "ana")


async def latest_feedback(settings: Settings) -> list[JudgedIncident]:
    async with reading(settings.store_address()) as store:
        return [judged async for judged in store.feedback.latest()]


async def test_feedback_on_a_verdict_becomes_a_case_that_evaluate_reads(
    service: httpx.AsyncClient, store: Store, settings: Settings, shop: Shop, tmp_path: Path, redtide: RedTide
) -> None:
    body = {"service": "checkout", "repository": "shop", "stack_trace": f"{TRACE}api_key = 'k-9s8d7f6g5h4j3k2'\n"}
    incident = (await service.post("/alerts", json=body | revisions(shop))).raise_for_status().json()["id"]
    await investigated(store, settings)
    verdict = (await service.get(f"/incidents/{incident}")).json()["verdict"]
    feedback = {"label": "wrong", "commit": shop.culprit[:10]}
    (await service.post(f"/incidents/{incident}/feedback", json=feedback)).raise_for_status()

    out = tmp_path / "labels.jsonl"
    ran: Ran = await asyncio.to_thread(redtide, "labels", "--out", str(out))
    (case,) = read_cases([str(out)])
    evaluated = json.loads((await asyncio.to_thread(redtide, "evaluate", str(out), "--json", "--no-model")).out)

    assert (ran.status, ran.out) == (0, "")
    assert "1 label: 1 with a culprit" in ran.err
    assert isinstance(case, LabelledIncident)
    assert (case.id, case.repo, case.culprit) == (incident, "shop", shop.culprit)
    assert (case.base, case.deployed) == (shop.shas["import"], shop.shas["readme"])
    assert "TypeError: unsupported operand" in case.trace
    assert "k-9s8d7f6g5h4j3k2" not in out.read_text()
    (measured,) = evaluated["cases"]
    assert (measured["id"], measured["culprit"]) == (incident, shop.culprit)
    assert (measured["outcome"], measured["named"]) == (verdict["outcome"], verdict["culprit"])


async def test_the_last_word_counts_and_wrong_without_the_right_commit_is_only_counted(
    store: Store, settings: Settings, shop: Shop, redtide: RedTide
) -> None:
    said = (("right", "wrong"), ("wrong", "right"), ("right", "not_a_deploy"), ("right", "later"), (), ("right",))
    for number, words in enumerate(said):
        await store.intake.accept(alert(service=f"s{number}", message=chr(97 + number) * 5, **revisions(shop)), "{}")
        incident = await judged(store, shop, None if number == 5 else shop.culprit)
        for word in words:
            commit = "f" * 40 if word == "later" else None
            await said_of(store, incident, "wrong" if word == "later" else word, commit)
    ran: Ran = await asyncio.to_thread(redtide, "labels")
    cases = [json.loads(line) for line in ran.out.splitlines()]
    lines = ran.err.splitlines()

    assert ran.status == 0
    assert [case["culprit"] for case in cases] == [shop.culprit, None, None]
    assert len(lines) == 2
    assert "no label: the repository does not hold the right commit ffff" in lines[0]
    assert lines[1] == (
        "3 labels: 1 with a culprit, 2 with none of the window; 1 said to be wrong without the right commit; "
        "1 left out, reported above"
    )


async def test_a_word_is_about_the_verdict_and_the_text_of_its_time(
    store: Store, settings: Settings, shop: Shop
) -> None:
    told = alert(message="TypeError: null given", stack_trace="", **revisions(shop))
    incident = await store.intake.accept(told, "{}")
    await judged(store, shop, shop.culprit)
    await said_of(store, incident, "right")
    # The error's trace comes later: the investigation starts anew and ends with another verdict.
    await store.intake.accept(alert(message="TypeError: null given", **revisions(shop)), "{}")
    assert await judged(store, shop, shop.shas["comment"]) == incident
    (before,) = await latest_feedback(settings)
    await said_of(store, incident, "right")
    (after,) = await latest_feedback(settings)

    assert (before.culprit, before.trace) == (shop.culprit, "TypeError: null given")
    assert (after.culprit, after.trace.splitlines()[-1]) == (shop.shas["comment"], "#0 src/Cart.php(41): Cart->total()")


async def test_the_text_is_the_logs_where_the_alert_brought_none(store: Store, settings: Settings, shop: Shop) -> None:
    incident = await store.intake.accept(alert(stack_trace="", **revisions(shop)), "{}")
    call = ToolCall(agent="log", at=NOON, tool=LOG_TRACE, arguments={}, observation=TRACE, seconds=0)
    await judged(store, shop, shop.culprit, steps=(*found().steps, call))
    await said_of(store, incident, "right")
    (said,) = await latest_feedback(settings)

    assert said.trace == TRACE


async def test_a_zero_byte_in_what_an_agent_saw_does_not_hide_the_logs_text(
    store: Store, settings: Settings, shop: Shop
) -> None:
    incident = await store.intake.accept(alert(stack_trace="", **revisions(shop)), "{}")
    call = ToolCall(agent="log", at=NOON, tool=LOG_TRACE, arguments={}, observation=TRACE, seconds=0)
    saw = call.model_copy(update={"tool": "grep", "arguments": {"text": "\x00"}, "observation": "\x00"})
    await judged(store, shop, shop.culprit, steps=(call, saw))
    await said_of(store, incident, "right")
    (said,) = await latest_feedback(settings)

    assert said.trace == TRACE


async def test_a_word_without_a_verdict_is_about_the_window_of_the_alert(
    store: Store, settings: Settings, shop: Shop
) -> None:
    incident = await store.intake.accept(alert(**revisions(shop)), "{}")
    await said_of(store, incident, "not_a_deploy")
    (said,) = await latest_feedback(settings)

    assert (said.outcome, said.base, said.deployed) == (None, shop.shas["import"], shop.shas["readme"])
    assert Alert.model_validate(alert()).stack_trace in said.trace


async def test_nothing_said_is_status_1(store: Store, shop: Shop, redtide: RedTide) -> None:
    ran: Ran = await asyncio.to_thread(redtide, "labels")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("0 labels")


def test_without_repositories_there_is_nothing_to_check_against(
    shop: Shop, redtide: RedTide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDTIDE_REPOSITORIES")
    ran = redtide("labels")
    assert (ran.status, "set REDTIDE_REPOSITORIES" in ran.err) == (2, True)
    missing = redtide("evaluate", "/dev/null", "--no-model")
    assert (missing.status, "set REDTIDE_REPOSITORIES" in missing.err) == (2, True)


async def test_a_file_that_cannot_be_written_is_one_line(store: Store, shop: Shop, redtide: RedTide) -> None:
    ran: Ran = await asyncio.to_thread(redtide, "labels", "--out", "/nowhere/labels.jsonl")
    assert ran.status == 2
    assert ran.err == "redtide labels: error: --out: cannot write '/nowhere/labels.jsonl' (No such file or directory)\n"
