"""What the pages show: the four answers, every commit with its reason, and hostile text as text only."""

import re
import threading
from dataclasses import replace

import httpx
import pytest

from incidents.reasoning import ModelCall
from incidents.verdict import Outcome
from service.console.templates import page
from service.store.store import Store
from tests.service.console.conftest import PAGE, log_in
from tests.service.console.findings import CULPRIT, HARMLESS, HOSTILE, OTHER, finding, shown
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON

ONE_DATABASE = True


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


@pytest.mark.parametrize("outcome", ["none", "not_enough"])
async def test_no_number_clears_the_deploy_where_it_is_not_enough_to_tell(
    browser: httpx.AsyncClient, store: Store, outcome: Outcome
) -> None:
    _, page = await shown(browser, store, finding(outcome))
    row = page[page.index("none of these</td>") :].partition("</tr>")[0]
    assert ("10%" in row, "too little was seen" in row) == (outcome == "none", outcome == "not_enough")


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


async def test_the_page_says_when_an_incident_still_waits(browser: httpx.AsyncClient) -> None:
    accepted = await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)
    await log_in(browser)
    page = (await browser.get(accepted.json()["url"], headers=PAGE)).text
    assert "Waiting to be investigated" in page
    assert 'http-equiv="refresh"' in page
    assert 'data-running="yes"' in page


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
