"""What the pages show: the four answers, every commit with its reason, and hostile text as text only."""

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incidents.evidence import Commit, Evidence, RuledOut, Suspect
from incidents.incident import Status
from incidents.reasoning import ModelCall
from incidents.report import Report
from incidents.trace import Failure, Frame, StackTrace
from incidents.verdict import Confidence, Outcome, Verdict
from service.console.templates import page
from service.store.store import Store
from tests.service.console.conftest import PAGE, form_token, log_in
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, Bell, Found

ONE_DATABASE = True
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007'\"&"
CULPRIT, OTHER, HARMLESS = "c" * 40, "d" * 40, "e" * 40


def commit(sha: str, subject: str = "Change the total") -> Commit:
    return Commit(sha=sha, subject=subject, author="Ada", committed_at=NOON)


def finding(outcome: Outcome = "culprit", text: str = "null given") -> Found:
    """A verdict with two suspects and one commit that was ruled out; `text` stands wherever strangers write."""
    suspects = (
        Suspect(commit=commit(CULPRIT, text), probability=0.8, reasons=(f"wrote the failing line: {text}",)),
        Suspect(commit=commit(OTHER), probability=0.1),
    )
    ruled_out = (RuledOut(commit=commit(HARMLESS, text), reason="only documents"),)
    confidence = Confidence(probability=0.8, word="high", basis=("the line is in the trace",))
    trace = StackTrace(
        failures=(Failure(type="Error", message=text, frames=(Frame(path=text, line=1, function=text),)),)
    )
    return Found(
        evidence=Evidence(
            trace=trace,
            base="a" * 40,
            deployed="b" * 40,
            suspects=suspects,
            ruled_out=ruled_out,
            none_probability=0.1,
            missing=(f"not seen: {text}",),
        ),
        verdict=Verdict(
            outcome=outcome,
            culprit=CULPRIT if outcome == "culprit" else None,
            confidence=confidence,
            suspects=suspects,
            ruled_out=ruled_out,
            sides=(f"one side: {text}",),
        ),
        report=Report(
            incident="INC-aaaaaaaaaa",
            service="checkout",
            environment="production",
            outcome=outcome,
            headline=f"headline {text}"[:100],
            verdict_line=f"verdict {text}",
            why=(f"because {text}",),
            confidence=confidence,
            mode="evidence",
            error=text,
            command="redtide revert INC-aaaaaaaaaa",
        ),
    )


async def shown(browser: httpx.AsyncClient, store: Store, found: Found, **alert: str) -> tuple[str, str]:
    """The incident's id and its page."""
    accepted = await browser.post("/alerts", json=ALERT | alert, headers=AUTHORIZED)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found)
    await log_in(browser)
    answer = await browser.get(f"/incidents/{accepted.json()['id']}")
    assert answer.status_code == 200, answer.text
    return accepted.json()["id"], answer.text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("culprit", "Likely cause"),
        ("unsure", "Not sure"),
        ("none", "No commit of this deploy"),
        ("not_enough", "Not enough to tell"),
    ],
)
async def test_the_page_says_one_of_four_plain_answers_and_shows_every_commit(
    browser: httpx.AsyncClient, store: Store, outcome: Outcome, words: str
) -> None:
    _, page = await shown(browser, store, finding(outcome))
    assert words in page
    assert all(sha[:9] in page for sha in (CULPRIT, OTHER, HARMLESS))
    assert "only documents" in page
    assert "wrote the failing line" in page


async def test_one_of_something_is_written_without_an_s(browser: httpx.AsyncClient, store: Store) -> None:
    question = ModelCall(
        agent="judge",
        at=NOON,
        system="s",
        prompt="p",
        replies=("{}",),
        seconds=0.5,
        prompt_tokens=1,
        completion_tokens=2,
    )
    asked = replace(finding(), steps=(question,))
    incident, page = await shown(browser, store, asked)
    reasoning = (await browser.get(f"/incidents/{incident}/trace")).text
    assert "1 error in 1 alert" in page
    assert "1 question to a model, 1 step." in page
    assert "1 question to a model, 1 token read" in reasoning


async def test_what_strangers_wrote_is_text_wherever_it_stands(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding(text=HOSTILE), message=HOSTILE, service=HOSTILE[:30])
    listed = (await browser.get("/incidents")).text
    reasoning = (await browser.get(f"/incidents/{incident}/trace")).text
    for text in (page, listed, reasoning):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert not re.search(r"<[^>]+\son\w+=", text)
    assert "&lt;script&gt;" in page


async def test_every_answer_forbids_foreign_and_inline_code(browser: httpx.AsyncClient, store: Store) -> None:
    incident, _ = await shown(browser, store, finding())
    for path in (
        "/incidents",
        f"/incidents/{incident}",
        f"/incidents/{incident}/trace",
        "/console/login",
        "/incidents/INC-0",
    ):
        answer = await browser.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "style=" not in answer.text
        assert not re.search(r'(src|href)="(https?:)?//(?!alerts\.)', answer.text)


async def test_an_incident_that_is_not_there_and_a_path_that_is_wrong_are_pages(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    answer = await browser.get("/incidents/INC-aaaaaaaaaa")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert "no incident has the id" in answer.text


async def test_the_list_is_filtered_by_answer_day_and_service(browser: httpx.AsyncClient, store: Store) -> None:
    found, _ = await shown(browser, store, finding("none"), service="search")
    other, _ = await shown(browser, store, finding("culprit"), service="checkout")
    today = datetime.now(UTC).date()

    async def listed(query: str) -> set[str]:
        page = (await browser.get(f"/incidents?{query}")).text
        return {each for each in (found, other) if each in page}

    assert await listed("") == {found, other}
    assert await listed("outcome=none&status=&service=") == {found}
    assert await listed("service=checkout") == {other}
    assert await listed(f"since={today}&until={today}") == {found, other}
    assert await listed(f"since={today + timedelta(days=1)}") == set()
    assert await listed("status=failed") == set()


async def test_a_day_that_is_none_is_told_and_nothing_breaks(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    answer = await browser.get("/incidents?since=tomorrow&until=9999-12-31&outcome=nonsense&status=x")
    assert answer.status_code == 200
    assert "“from” must be a day" in answer.text


async def test_older_incidents_are_a_link_away_and_the_filters_stay(browser: httpx.AsyncClient, store: Store) -> None:
    for number in range(52):
        alert = ALERT | {"message": f"error number {number} of {'ab' * number}", "service": f"service{number}"}
        await browser.post("/alerts", json=alert | {"environment": "staging"}, headers=AUTHORIZED)
    await log_in(browser)
    first = (await browser.get("/incidents?environment=staging")).text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = (await browser.get(older[1].replace("&amp;", "&"))).text
    ids = [set(re.findall(r"INC-\w+", page)) for page in (first, second)]
    assert (len(ids[0]), ids[0] & ids[1]) == (50, set())
    assert "environment=staging" in older[1]


async def test_feedback_from_the_page_reaches_the_store_and_the_page(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "wrong", "commit": OTHER, "note": "see the log", "version": "1", "form_token": form_token(page)}
    sent = await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    after = (await browser.get(f"/incidents/{incident}")).text
    stored = await store.queries.incident(incident)
    assert sent.status_code == 303
    assert stored.feedback is not None
    assert (stored.feedback.label, stored.feedback.commit, stored.feedback.actor) == ("wrong", OTHER, "operator")
    assert stored.disproved == (CULPRIT,)
    assert "Said to be wrong by operator" in after
    assert "not this one" in after


async def test_feedback_that_makes_no_sense_is_refused_by_field(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "right", "commit": OTHER, "version": "1", "form_token": form_token(page)}
    sent = await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    assert sent.status_code == 422
    assert "label `wrong`" in sent.text or "label" in sent.text


async def test_the_page_says_when_an_incident_still_waits(browser: httpx.AsyncClient) -> None:
    accepted = await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)
    await log_in(browser)
    page = (await browser.get(accepted.json()["url"], headers=PAGE)).text
    assert "Waiting to be investigated" in page
    assert 'http-equiv="refresh"' in page
    assert 'data-running="yes"' in page


async def test_a_filter_with_a_null_character_is_refused_by_name(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    refused = [await browser.get(f"/incidents?{name}=a%00") for name in ("service", "text", "id", "group")]
    assert [each.status_code for each in refused] == [422] * 4
    assert "cannot be used: service" in refused[0].text


async def test_a_page_is_made_beside_the_event_loop(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers: list[int] = []

    def made(template: str, **values: object) -> str:
        makers.append(threading.get_ident())
        return page(template, **values)

    monkeypatch.setattr("service.console.browser.page", made)
    await log_in(browser)
    await browser.get("/incidents")
    assert makers
    assert threading.get_ident() not in makers


async def test_who_may_act_has_an_incident_investigated_again_and_the_audit_says_who(
    browser: httpx.AsyncClient, store: Store, bell: Bell
) -> None:
    incident, page = await shown(browser, store, finding())
    rung = bell.rung
    form = {"form_token": form_token(page)}
    bare = await browser.post(f"/console/incidents/{incident}/rerun", data={})
    sent = await browser.post(f"/console/incidents/{incident}/rerun", data=form)
    after = (await browser.get(f"/incidents/{incident}")).text
    audit = after.partition("What was done to it")[2]
    assert (bare.status_code, sent.status_code) == (403, 303)
    assert (await store.queries.incident(incident)).status is Status.OPEN
    assert bell.rung == rung + 1
    assert "Investigate again" in page
    assert "Investigate again" not in after  # it waits already
    assert all(word in audit for word in ("operator", "restarted", "rerun"))


async def test_the_audit_says_who_did_what_in_detail(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "wrong", "commit": OTHER, "version": "1", "form_token": form_token(page)}
    await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    audit = (await browser.get(f"/incidents/{incident}")).text.partition("What was done to it")[2]
    assert all(word in audit for word in ("operator", "feedback", "wrong", OTHER, "version</span> 1"))


async def test_a_browser_can_follow_links_to_json_and_markdown(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding(text=HOSTILE))
    program = await browser.get(f"/incidents/{incident}", headers={"Accept": "application/json"})
    read = [await browser.get(f"/console/incidents/{incident}/{kind}") for kind in ("json", "markdown")]
    assert all(f'href="/console/incidents/{incident}/{kind}"' in page for kind in ("json", "markdown"))
    assert read[0].json() == program.json()
    assert read[1].headers["content-type"].startswith("text/plain")
    assert read[1].headers["x-content-type-options"] == "nosniff"
    assert "headline" in read[1].text


async def test_what_stands_between_backticks_is_code_and_nothing_else_is_markup(
    browser: httpx.AsyncClient, store: Store
) -> None:
    _, page = await shown(browser, store, finding(text="`<b>price</b>` of it"))
    assert "because <code>&lt;b&gt;price&lt;/b&gt;</code> of it" in page


async def test_the_swagger_page_asks_no_other_host_either(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    docs = await browser.get("/docs")
    assert docs.status_code == 200
    assert not re.search(r'(src|href)="(https?:)?//', docs.text)
    assert "default-src 'none'" in docs.headers["content-security-policy"]
