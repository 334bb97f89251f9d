"""The revert on the page of an incident: plan, state, buttons by role, and which rule of the policy decided."""

from pathlib import Path

import httpx
import pytest

from incidents.confirmation import Confirmation, Trial
from incidents.policy import Policy
from incidents.revert import RevertStep
from service.settings import Settings
from service.store.schemas import Feedback
from service.store.store import Store
from tests.service.console.conftest import form_token, log_in
from tests.service.policy.stage import LocalReverts, Stage, judged, shop
from tests.service.stand_ins import NOON

ONE_DATABASE = True
READER = "a-token-that-only-reads"
JUDGE = "a-token-that-only-judges"


@pytest.fixture
def here(store: Store, settings: Settings, tmp_path: Path) -> Stage:
    built = shop(tmp_path)
    return Stage(store, settings, built, LocalReverts(store, built), Policy(mode="auto"))


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more callers, who may do less."""
    named = f'{{"reader": {{"token": "{READER}", "scopes": ["incidents:read"]}}, '
    monkeypatch.setenv(
        "REDTIDE_API_TOKENS",
        named + f'"judge": {{"token": "{JUDGE}", "scopes": ["incidents:read", "feedback:write"]}}}}',
    )


async def page_of(browser: httpx.AsyncClient, incident: str) -> str:
    answer = await browser.get(f"/incidents/{incident}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_page_says_which_rule_decided_with_every_fact(browser: httpx.AsyncClient, here: Stage) -> None:
    here.policy = Policy.model_validate({"mode": "shadow", "minimum_evidence": "confirmed"})
    incident = await judged(here.store, here.built)
    await here.step()
    await log_in(browser)
    page = await page_of(browser, incident)
    assert "The policy (shadow): nothing is reverted automatically." in page
    assert "evidence: failing_line, at least confirmed" in page
    assert "The clone holds every file that was asked for." in page


async def test_the_page_shows_what_the_command_of_the_owner_said(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    trials = (
        Trial(commit=here.built.shas[0], outcome="passed", seconds=1.25),
        Trial(commit=here.built.shas[1], outcome="failed", output="first line\n<script>alert(1)</script>"),
    )
    blamed = {"suspected": here.built.shas[1], "culprit": here.built.shas[1], "proven": here.built.shas[1]}
    found = Confirmation(
        command="./check <b>", **blamed, confirmed=True, sandboxed=True, trials=trials, detail="it fails"
    )
    await here.store.confirmations.add(incident, found, "ana")
    await log_in(browser)
    page = await page_of(browser, incident)
    assert "Confirmed: it fails" in page
    assert f"Confirmed: fails with {here.built.shas[1][:9]}, passes without (2 runs, in a sandbox)." in page
    assert "./check &lt;b&gt;" in page
    assert '<pre tabindex="0">first line\n&lt;script&gt;' in page


async def test_who_may_judge_objects_on_the_page(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    await here.step()
    await log_in(browser, JUDGE)
    page = await page_of(browser, incident)
    assert "unless somebody objects" in page
    assert "Approve" not in page
    answer = await browser.post(f"/console/incidents/{incident}/objection", data={"form_token": form_token(page)})
    assert answer.status_code == 303
    await here.step()
    assert "somebody objected" in await page_of(browser, incident)
    again = await browser.post(f"/console/incidents/{incident}/objection", data={"form_token": form_token(page)})
    assert again.status_code == 409


async def test_a_planned_revert_of_a_commit_that_a_person_called_innocent_cannot_be_approved(
    browser: httpx.AsyncClient, here: Stage
) -> None:
    incident = await judged(here.store, here.built)
    culprit = here.built.shas[1]
    await here.reverts.plan(incident, "ana")
    await log_in(browser)
    before = await page_of(browser, incident)
    await here.store.feedback.add(incident, Feedback(label="wrong"), "ana")
    after = await page_of(browser, incident)
    assert 'value="approve"' in before
    assert 'value="approve"' not in after
    assert 'value="cancel"' in after
    assert f"A person says that {culprit[:9]} is not the cause." in after
    assert f"What <code>{culprit[:9]}</code> changed" in before
    assert f"What the likeliest other commit <code>{here.built.shas[2][:9]}</code> changed" in after


async def test_who_may_only_read_sees_no_button_and_is_refused(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    await here.step()
    await log_in(browser, READER)
    page = await page_of(browser, incident)
    assert "unless somebody objects" in page
    assert "Object: do not revert" not in page
    (revert,) = await here.store.planned_reverts.latest()
    for path in ("objection", f"reverts/{revert.id}", "revert"):
        sent = {"form_token": form_token(page), "act": "approve"}
        assert (await browser.post(f"/console/incidents/{incident}/{path}", data=sent)).status_code == 403


async def test_a_form_of_another_site_does_nothing(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    await here.step()
    await log_in(browser)
    for sent in ({}, {"form_token": "0" * 64}):
        answer = await browser.post(f"/console/incidents/{incident}/objection", data=sent)
        assert answer.status_code == 403
    decision = await here.store.decisions.of(incident)
    assert decision is not None
    assert decision.state == "window"


async def test_a_plan_is_approved_and_cancelled_on_the_page(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    await log_in(browser)
    page = await page_of(browser, incident)
    token = {"form_token": form_token(page)}
    assert (await browser.post(f"/console/incidents/{incident}/revert", data=token)).status_code == 303
    page = await page_of(browser, incident)
    assert "It applies cleanly to" in page
    (revert,) = await here.store.planned_reverts.latest()
    for act, state in (("approve", "approved"), ("cancel", "cancelled")):
        path = f"/console/incidents/{incident}/reverts/{revert.id}"
        assert (await browser.post(path, data=token | {"act": act})).status_code == 303
        assert (await here.store.planned_reverts.get(revert.id)).state == state
    assert f"{revert.id}: cancelled" in await page_of(browser, incident)


async def test_a_revert_that_did_not_help_says_what_is_next(browser: httpx.AsyncClient, here: Stage) -> None:
    incident = await judged(here.store, here.built)
    step = RevertStep(commit=here.built.shas[1], stage="not_helped", at=NOON)
    await here.store.reverts.note(incident, step)
    await log_in(browser)
    assert "It did not help: the errors went on" in await page_of(browser, incident)
