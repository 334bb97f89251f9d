"""Who gets a page: a session stands for a token, ends with it, and opens nothing that the token would not."""

import hashlib
import json

import httpx
import pytest

from incidents.errors import InputError, StoreUnavailable
from service.api.auth.sessions import COOKIE, Sessions
from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.store.store import Store
from tests.service.console.conftest import PAGE, form_token, log_in
from tests.service.stand_ins import ALERT, AUTHORIZED, TOKEN, Bell, found

ONE_DATABASE = True
READER = "a-reader-token-for-tests"


def trust(**tokens: list[str]) -> Trust:
    said = {name.replace("_", "-"): {"token": name.ljust(20, "_"), "scopes": scopes} for name, scopes in tokens.items()}
    return Trust.of({"REDTIDE_API_TOKENS": json.dumps(said)})


def test_a_session_stands_for_the_token_it_was_opened_with() -> None:
    sessions = Sessions(trust(reader=["incidents:read"], judge=["incidents:read", "feedback:write"]))
    cookie = sessions.opened("reader".ljust(20, "_"))
    session = sessions.session(cookie)
    assert session is not None
    assert (session.caller.name, session.caller.scopes) == ("reader", frozenset({"incidents:read"}))


def test_another_replica_with_the_same_tokens_knows_the_session_and_one_with_others_does_not() -> None:
    cookie = Sessions(trust(reader=["incidents:read"])).opened("reader".ljust(20, "_"))
    assert Sessions(trust(reader=["incidents:read"])).session(cookie) is not None
    assert Sessions(trust(reader=["incidents:read"], other=["incidents:read"])).session(cookie) is None
    assert Sessions(trust(reader=["incidents:read", "feedback:write"])).session(cookie) is None
    assert Sessions(Trust()).session(cookie) is None


def test_a_session_ends_after_half_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(trust(reader=["incidents:read"]))
    cookie = sessions.opened("reader".ljust(20, "_"))
    monkeypatch.setattr("service.api.auth.sessions.SECONDS", -1)
    assert sessions.session(cookie) is None


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: "A" + text, lambda text: text * 50, lambda _: ""]
)
def test_a_cookie_that_was_changed_is_nobody_s(change: object) -> None:
    sessions = Sessions(trust(reader=["incidents:read"]))
    assert callable(change)
    assert sessions.session(change(sessions.opened("reader".ljust(20, "_")))) is None


async def test_a_browser_is_sent_to_the_login_and_back_to_the_page_it_wanted(browser: httpx.AsyncClient) -> None:
    sent = await browser.get("/incidents?service=a%26b")
    login = await browser.get(sent.headers["location"])
    tried = await browser.post("/console/login", data={"token": TOKEN, "next": "/incidents?service=a%26b"})
    opened = await browser.get(tried.headers["location"])
    assert sent.status_code == 303
    assert 'value="/incidents?service=a%26b"' in login.text.replace("&amp;", "&")
    assert (opened.status_code, opened.headers["location"]) == (303, "/incidents?service=a%26b")
    assert (await browser.get("/incidents")).status_code == 200


async def test_a_program_still_gets_401_and_json(browser: httpx.AsyncClient) -> None:
    refused = await browser.get("/incidents", headers={"Accept": "*/*"})
    listed = await browser.get("/incidents", headers={"Accept": "*/*", **AUTHORIZED})
    assert (refused.status_code, refused.json()["detail"][:13]) == (401, "a valid token")
    assert listed.json() == {"incidents": [], "next": None}


async def test_a_wrong_token_opens_nothing_and_is_not_repeated(browser: httpx.AsyncClient) -> None:
    refused = await log_in(browser, "not-a-token-of-anybody")
    assert refused.status_code == 401
    assert "not valid" in refused.text
    assert "not-a-token-of-anybody" not in refused.text
    assert COOKIE not in browser.cookies


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1"],
)
async def test_the_login_leads_to_no_other_host(browser: httpx.AsyncClient, wanted: str) -> None:
    tried = await browser.post("/console/login", data={"token": TOKEN, "next": wanted})
    opened = await browser.get(tried.headers["location"])
    asked = await browser.get("/console/login", params={"tried": "1", "next": wanted})
    assert asked.headers["location"] == "/incidents"
    assert opened.headers["location"] == "/incidents"


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    store: Store, bell: Bell, settings: Settings
) -> None:
    transport = httpx.ASGITransport(create_api(store, bell, settings, pages_first=ROUTERS))
    async with httpx.AsyncClient(transport=transport, base_url="http://tide.example.org", headers=PAGE) as client:
        cookie = (await log_in(client)).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "max-age=43200"))


async def test_a_session_cannot_be_used_against_the_interface(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    posted = await browser.post("/alerts", json=ALERT)
    deployed = await browser.post("/deploys", json={"service": "a", "revision": "b"})
    assert (posted.status_code, deployed.status_code) == (401, 401)


async def test_a_form_of_another_site_changes_nothing(browser: httpx.AsyncClient, store: Store) -> None:
    incident = await _judged(browser, store)
    address = f"/console/incidents/{incident}/feedback"
    page = await browser.get(f"/incidents/{incident}")
    said = {"label": "right", "version": "1"}
    bare = await browser.post(address, data=said)
    foreign = await browser.post(
        address, data={**said, "form_token": form_token(page.text)}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    other = await browser.post(address, data={**said, "form_token": "0" * 64})
    assert [each.status_code for each in (bare, foreign, other)] == [403, 403, 403]
    assert (await store.queries.incident(incident)).feedback is None


async def test_who_may_only_read_is_offered_no_form_and_can_send_none(
    store: Store, bell: Bell, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = {"reader": {"token": READER, "scopes": ["incidents:read"]}}
    monkeypatch.setenv("REDTIDE_API_TOKENS", json.dumps(tokens))
    transport = httpx.ASGITransport(create_api(store, bell, settings, pages_first=ROUTERS))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=PAGE) as client:
        incident = await _judged(client, store)
        await log_in(client, READER)
        page = await client.get(f"/incidents/{incident}")
        sent = await client.post(
            f"/console/incidents/{incident}/feedback", data={"label": "right", "form_token": form_token(page.text)}
        )
    assert "may read only" in page.text
    assert "may only read" in page.text
    assert "Investigate again" not in page.text
    assert sent.status_code == 403
    assert (await store.queries.incident(incident)).feedback is None


async def test_the_slow_key_of_the_sessions_is_not_made_again_for_each_page(
    browser: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await _judged(browser, store)
    await browser.get(f"/incidents/{incident}")
    monkeypatch.delattr("service.api.auth.sessions.hashlib.scrypt")
    assert (await browser.get(f"/incidents/{incident}")).is_success


async def test_the_proof_of_a_form_is_another_one_on_each_page_and_each_is_good_and_none_can_be_altered(
    browser: httpx.AsyncClient, store: Store
) -> None:
    incident = await _judged(browser, store)
    first, second = [form_token((await browser.get(f"/incidents/{incident}")).text) for _ in range(2)]
    assert first != second
    altered = second[:16] + first[16:]
    sent = [
        await browser.post(
            f"/console/incidents/{incident}/feedback", data={"label": "right", "version": "1", "form_token": each}
        )
        for each in (first, second, altered, first[16:], "")
    ]
    assert [each.status_code for each in sent] == [303, 303, 403, 403, 403]


@pytest.mark.parametrize(("accepted", "packed"), [("gzip, deflate, br", True), ("identity", False)])
async def test_pages_are_compressed_for_who_takes_that(browser: httpx.AsyncClient, accepted: str, packed: bool) -> None:
    page = await browser.get("/console/login", headers={"Accept-Encoding": accepted})
    assert (page.headers.get("Content-Encoding") == "gzip") == packed
    assert "Accept-Encoding" in page.headers["Vary"]
    assert "Your API token" in page.text


async def test_a_browser_that_kept_no_session_is_told_why(browser: httpx.AsyncClient) -> None:
    tried = await log_in(browser)
    browser.cookies.clear()  # as with a secure cookie over plain http
    told = await browser.get(tried.headers["location"])
    assert told.status_code == 200
    assert "did not keep the session" in told.text


async def test_a_cookie_that_was_logged_out_is_dead_wherever_it_was_copied_to_and_others_live(
    browser: httpx.AsyncClient, store: Store
) -> None:
    incident = await _judged(browser, store)
    copied = browser.cookies[COOKIE]
    page = await browser.get(f"/incidents/{incident}")
    await browser.post("/console/logout", data={"form_token": form_token(page.text)})
    browser.cookies.set(COOKIE, copied)
    after = [await browser.get(path) for path in ("/incidents", f"/console/incidents/{incident}/json", "/docs")]
    said = {"label": "right", "version": "1", "form_token": form_token(page.text)}
    sent = await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    browser.cookies.clear()
    await log_in(browser)  # the same token, another session
    assert [each.status_code for each in after] == [303, 303, 303]
    assert sent.status_code == 401
    assert (await browser.get("/incidents")).status_code == 200


async def test_a_store_that_cannot_say_whether_a_session_ended_lets_nobody_in(
    store: Store, bell: Bell, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(mark: str) -> bool:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(store.spent, "is_spent", away)
    transport = httpx.ASGITransport(create_api(store, bell, settings, pages_first=ROUTERS))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=PAGE) as client:
        await log_in(client)
        answer = await client.get("/incidents")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


async def test_answers_to_a_session_are_kept_by_no_cache_also_those_for_programs(
    browser: httpx.AsyncClient, store: Store
) -> None:
    incident = await _judged(browser, store)
    asked = [
        await browser.get("/incidents", headers={"Accept": "application/json"}),
        await browser.get(f"/incidents/{incident}", headers={"Accept": "application/json"}),
        await browser.get(f"/console/incidents/{incident}/json"),
        await browser.get(f"/console/incidents/{incident}/markdown"),
        await browser.get(f"/incidents/{incident}"),
    ]
    assert [each.status_code for each in asked] == [200] * 5
    assert {each.headers["cache-control"] for each in asked} == {"no-store"}
    assert all({"Accept", "Cookie", "Authorization"} <= set(each.headers["vary"].split(", ")) for each in asked)


async def test_logging_out_forgets_the_session(browser: httpx.AsyncClient, store: Store) -> None:
    incident = await _judged(browser, store)
    page = await browser.get(f"/incidents/{incident}")
    await browser.post("/console/logout", data={"form_token": form_token(page.text)})
    assert COOKIE not in browser.cookies
    assert (await browser.get("/incidents")).status_code == 303


def test_a_token_that_two_callers_share_would_make_sessions_ambiguous_and_is_refused() -> None:
    with pytest.raises(InputError, match="have the same token"):
        Trust.of({"REDTIDE_API_TOKENS": json.dumps({n: {"token": "x" * 20, "scopes": []} for n in "ab"})})


async def _judged(browser: httpx.AsyncClient, store: Store) -> str:
    """An incident with a verdict, and a session."""
    accepted = await browser.post("/alerts", json=ALERT, headers=AUTHORIZED)
    incident: str = accepted.json()["id"]
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found(incident))
    await log_in(browser)
    return incident


async def test_the_slow_key_of_the_sessions_is_computed_once_and_not_with_every_page(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    slow = hashlib.scrypt

    def counted(password: bytes, *, salt: bytes, n: int, r: int, p: int, dklen: int) -> bytes:
        computed.append("once more")
        return slow(password, salt=salt, n=n, r=r, p=p, dklen=dklen)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    await log_in(browser)
    for number in range(5):
        assert "Log out" in (await browser.get("/incidents")).text
        await log_in(browser, f"not-a-token-{number}")
    assert len(computed) == 1
