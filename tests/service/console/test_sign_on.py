"""Single sign-on against a real provider over HTTP: who gets in, as whom, and everything that lets nobody in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from joserfc.jwk import RSAKey
from pydantic import ValidationError

from service.api.auth.sessions import COOKIE
from service.api.routes import create_api
from service.console.routers import ROUTERS
from service.settings import Settings
from service.settings.sign_on import SignOn
from service.store.store import Store
from tests.service.console import login_provider
from tests.service.console.conftest import PAGE, form_token
from tests.service.console.login_provider import CLIENT, SECRET, LoginProvider
from tests.service.stand_ins import ALERT, AUTHORIZED, Bell, found

ONE_DATABASE = True
STATE = "redtide_login"


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[LoginProvider]:
    async with login_provider.running() as running:
        yield running


@pytest.fixture
def sign_on(provider: LoginProvider, tmp_path: Path) -> SignOn:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    return SignOn(
        issuer=provider.issuer, client_id=CLIENT, client_secret_file=secret, read=("staff",), act=("oncall", "leads")
    )


@pytest_asyncio.fixture
async def visitor(store: Store, bell: Bell, settings: Settings, sign_on: SignOn) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at an application with single sign-on; nobody is logged in."""
    configured = settings.model_copy(update={"oidc": sign_on, "public_url": "http://redtide"})
    transport = httpx.ASGITransport(create_api(store, bell, configured, pages_first=ROUTERS))
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=PAGE) as client:
        yield client


async def left(visitor: httpx.AsyncClient, wanted: str = "/incidents") -> str:
    """Go to the provider and let it send the browser back: the address of the callback."""
    leaving = await visitor.get("/console/login/oidc", params={"next": wanted})
    assert leaving.status_code == 303, leaving.text
    async with httpx.AsyncClient() as browser:
        return str((await browser.get(leaving.headers["location"])).headers["location"])


async def came_back(visitor: httpx.AsyncClient, wanted: str = "/incidents") -> httpx.Response:
    """The whole way: to the provider, and back."""
    return await visitor.get(await left(visitor, wanted))


async def is_in(visitor: httpx.AsyncClient) -> bool:
    return (await visitor.get("/incidents")).status_code == 200


async def an_incident(visitor: httpx.AsyncClient, store: Store) -> str:
    accepted = await visitor.post("/alerts", json=ALERT, headers=AUTHORIZED)
    incident: str = accepted.json()["id"]
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found(incident))
    return incident


async def test_a_person_of_the_right_group_comes_in_and_acts_under_a_name_of_their_own(
    visitor: httpx.AsyncClient, store: Store
) -> None:
    incident = await an_incident(visitor, store)
    wanted = f"/incidents/{incident}"
    offered = (await visitor.get("/console/login", params={"next": wanted})).text
    back = await came_back(visitor, wanted)
    page = await visitor.get((await visitor.get(back.headers["location"])).headers["location"])
    said = {"label": "right", "version": "1", "form_token": form_token(page.text)}
    await visitor.post(f"/console/incidents/{incident}/feedback", data=said)
    stored = (await store.queries.incident(incident)).feedback
    assert "single sign-on" in offered
    assert page.url.path == wanted
    assert stored is not None
    assert stored.actor == "oidc:ada at example.org"


async def test_a_person_who_may_only_read_is_offered_no_form_and_can_send_none(
    visitor: httpx.AsyncClient, store: Store, provider: LoginProvider
) -> None:
    incident = await an_incident(visitor, store)
    provider.person["groups"] = ["staff"]
    await came_back(visitor)
    page = (await visitor.get(f"/incidents/{incident}")).text
    form = {"label": "right", "version": "1", "form_token": form_token(page)}
    sent = [await visitor.post(f"/console/incidents/{incident}/{what}", data=form) for what in ("feedback", "rerun")]
    assert "may only read" in page
    assert "/feedback" not in page
    assert "Investigate again" not in page
    assert [each.status_code for each in sent] == [403, 403]
    assert [each.action for each in (await store.queries.audits(incident)).records] == []


@pytest.mark.parametrize("groups", [["strangers"], [], None, "strangers", 7, {"oncall": True}, [["oncall"]]])
async def test_a_person_of_no_configured_group_stays_outside(
    visitor: httpx.AsyncClient, provider: LoginProvider, groups: object
) -> None:
    provider.person["groups"] = groups
    back = await came_back(visitor)
    assert back.status_code == 403
    assert "may not use Red Tide" in back.text
    assert not await is_in(visitor)


@pytest.mark.parametrize(
    "broken",
    [
        {"token": {"aud": "another-client"}},
        {"token": {"aud": None}},
        {"token": {"aud": [CLIENT, "another-client"], "azp": "another-client"}},
        {"token": {"exp": 1_000_000_000}},
        {"token": {"exp": None}},
        {"token": {"nonce": "of-another-login"}},
        {"token": {"nonce": None}},
        {"token": {"iss": "https://evil.example"}},
        {"token": {"sub": None}},
        {"signed_with": RSAKey.generate_key(2048, {"kid": "one"})},
        {"with_public_key": True},
    ],
    ids=lambda broken: str(broken)[:60],
)
async def test_a_token_that_is_not_the_provider_s_own_for_this_login_lets_nobody_in(
    visitor: httpx.AsyncClient, provider: LoginProvider, broken: dict[str, Any]
) -> None:
    for name, value in broken.items():
        setattr(provider, name, value)
    back = await came_back(visitor)
    assert back.status_code == 401
    assert "ID token is not valid" in back.text
    assert COOKIE not in visitor.cookies


async def test_a_login_is_used_once_even_if_the_provider_takes_the_code_again(
    visitor: httpx.AsyncClient, provider: LoginProvider
) -> None:
    provider.codes_for_ever = True
    address = await left(visitor)
    state = visitor.cookies[STATE]
    first = await visitor.get(address)
    visitor.cookies.clear()
    visitor.cookies.set(STATE, state)
    again = await visitor.get(address)
    assert first.status_code == 303
    assert again.status_code == 401
    assert "used before" in again.text
    assert COOKIE not in visitor.cookies


async def test_only_the_browser_that_began_a_login_can_end_it(
    visitor: httpx.AsyncClient, provider: LoginProvider
) -> None:
    address = await left(visitor)
    of_another = visitor.cookies[STATE]
    await left(visitor)
    wrong_state = await visitor.get(address)
    visitor.cookies.clear()
    without = await visitor.get(address)
    visitor.cookies.set(STATE, of_another[:-2] + "xx")
    forged = await visitor.get(address)
    assert [each.status_code for each in (wrong_state, without, forged)] == [401, 401, 401]
    assert provider.asked["token"] == 0


async def test_the_state_of_a_login_is_no_session(visitor: httpx.AsyncClient) -> None:
    await left(visitor)
    visitor.cookies.set(COOKIE, visitor.cookies[STATE])
    assert not await is_in(visitor)


async def test_what_the_provider_refuses_is_said_and_another_provider_is_not_believed(
    visitor: httpx.AsyncClient, provider: LoginProvider
) -> None:
    query = parse_qs(urlsplit(await left(visitor)).query)
    state = query["state"][0]
    refused = await visitor.get("/console/login/oidc/callback", params={"error": "access_denied<b>", "state": state})
    other = await visitor.get(
        "/console/login/oidc/callback", params={"code": query["code"][0], "state": state, "iss": "https://evil.example"}
    )
    assert "access_denied&lt;b&gt;" in refused.text
    assert "another provider" in other.text
    assert provider.asked["token"] == 0


async def test_the_secret_and_the_verifier_are_really_checked(visitor: httpx.AsyncClient, sign_on: SignOn) -> None:
    sign_on.client_secret_file.write_text("another-secret-of-nobody")
    back = await came_back(visitor)
    assert back.status_code == 401
    assert "did not confirm" in back.text


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"padding": "x" * 300_000}, "cannot be read"),
        ({"moved": True}, "cannot be read"),
        ({"document": {"issuer": "https://evil.example"}}, "another issuer"),
        ({"document": {"token_endpoint": "http://evil.example/token"}}, "token_endpoint"),
        ({"document": {"jwks_uri": "file:///etc/passwd"}}, "jwks_uri"),
    ],
    ids=["too long", "redirect", "another issuer", "plain http", "no address"],
)
async def test_a_discovery_document_that_cannot_be_trusted_stops_the_login_and_tokens_still_work(
    visitor: httpx.AsyncClient, provider: LoginProvider, broken: dict[str, Any], words: str
) -> None:
    for name, value in broken.items():
        setattr(provider, name, value)
    leaving = await visitor.get("/console/login/oidc")
    again = await visitor.get("/console/login/oidc")
    assert leaving.status_code == 503
    assert words in leaving.text
    assert "Your API token" in leaving.text
    assert "try again in half a minute" in again.text
    assert provider.asked["discovery"] == 1


async def test_what_the_provider_publishes_is_read_once_and_new_keys_when_a_token_names_one(
    visitor: httpx.AsyncClient, provider: LoginProvider
) -> None:
    for _ in range(3):
        assert (await came_back(visitor)).status_code == 303
    before = dict(provider.asked)
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    refused = await came_back(visitor)
    assert (before["discovery"], before["keys"]) == (1, 1)
    assert (refused.status_code, provider.asked["keys"]) == (401, 1)  # keys were read a moment ago


async def test_a_changed_key_is_read_once_half_a_minute_has_passed(
    visitor: httpx.AsyncClient, provider: LoginProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.console.oidc_provider._PAUSE_SECONDS", 0.0)
    assert (await came_back(visitor)).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    assert (await came_back(visitor)).status_code == 303
    assert provider.asked["keys"] == 2


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"email": "ada@example.org", "email_verified": False}, "oidc:4711"),
        ({"email": "ada@example.org", "email_verified": None}, "oidc:4711"),
        ({"email": None}, "oidc:4711"),
        ({"email": ["ada"]}, "oidc:4711"),
        ({"email": "operator\x1b[31m\u202e"}, "oidc:operator"),
    ],
)
async def test_nobody_acts_under_the_name_of_a_token_or_an_unchecked_address(
    visitor: httpx.AsyncClient, provider: LoginProvider, person: dict[str, Any], name: str
) -> None:
    provider.person |= person
    await came_back(visitor)
    assert f'<span class="who">{name}</span>' in (await visitor.get("/incidents")).text


async def test_without_single_sign_on_its_addresses_do_not_exist(browser: httpx.AsyncClient) -> None:
    asked = [await browser.get(path) for path in ("/console/login/oidc", "/console/login/oidc/callback?code=x")]
    assert [each.status_code for each in asked] == [404, 404]
    assert "single sign-on" not in (await browser.get("/console/login")).text


async def test_a_secret_that_cannot_be_read_is_said_by_its_setting(visitor: httpx.AsyncClient, sign_on: SignOn) -> None:
    sign_on.client_secret_file.unlink()
    leaving = await visitor.get("/console/login/oidc")
    assert leaving.status_code == 503
    assert "oidc.client_secret_file" in leaving.text


def test_a_provider_that_others_could_read_along_with_or_without_a_way_back_is_no_setting(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"client_id": "a", "client_secret_file": tmp_path / "secret", "read": ("staff",)}
    with pytest.raises(ValidationError, match="https"):
        SignOn(issuer="http://login.example.org", **fields)
    with pytest.raises(ValidationError, match="public_url"):
        Settings(oidc=SignOn(issuer="https://login.example.org", **fields), public_url=None)
