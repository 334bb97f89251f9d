"""Nobody gets in without a proof, and nothing about secrets gets out."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable

import httpx
import pytest

from incidents.errors import InputError
from service.api.auth.first_token import token_for_this_run
from service.api.auth.tokens import SCOPES, Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.payloads import BODIES, OWN, SENTRY
from tests.service.stand_ins import ALERT, TOKEN, Bell

ONE_DATABASE = True

SECRET, OLD = "the-secret-of-the-sender", "the-secret-before-that-one"
NARROW = {
    "writer": {"token": "writes-alerts-only-1", "scopes": ["alerts:write"]},
    "reader": {"token": "reads-incidents-only", "scopes": ["incidents:read"]},
    "judge": {"token": "says-what-is-right-1", "scopes": ["feedback:write"]},
    "reverter": {"token": "reverts-commits-only", "scopes": ["reverts:write"]},
}
WAYS = [("POST", "/alerts"), ("POST", "/deploys"), ("GET", "/incidents"), ("GET", "/incidents/INC-1")]
MORE_WAYS = [("GET", "/incidents/INC-1/trace"), ("GET", "/incidents/INC-1/audits"), ("POST", "/incidents/I/feedback")]


def client_of(store: Store, settings: Settings, **environment: str) -> httpx.AsyncClient:
    api = create_api(store, Bell(), settings, Trust.of(environment))
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://redtide")


def signed(body: bytes, secret: str = SECRET, before: bytes = b"") -> str:
    return hmac.new(secret.encode(), before + body, hashlib.sha256).hexdigest()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("method", "path"), [*WAYS, *MORE_WAYS, ("POST", "/alerts/sentry"), ("GET", "/anything")])
async def test_with_nothing_configured_everything_is_closed(
    store: Store, settings: Settings, method: str, path: str
) -> None:
    async with client_of(store, settings) as client:
        for headers in ({}, bearer(TOKEN), bearer(""), {"Authorization": "Basic Og=="}):
            answer = await client.request(method, path, content=b"{", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"]


async def test_health_is_open(store: Store, settings: Settings) -> None:
    async with client_of(store, settings) as client:
        assert (await client.get("/healthz")).status_code == 200


async def test_a_token_opens_only_what_its_scopes_say(store: Store, settings: Settings) -> None:
    async with client_of(store, settings, REDTIDE_API_TOKENS=json.dumps(NARROW)) as client:

        async def status(method: str, path: str, who: str, body: object = None) -> int:
            token = str(NARROW[who]["token"])
            return (await client.request(method, path, json=body, headers=bearer(token))).status_code

        assert [await status("POST", "/alerts", who, ALERT) for who in NARROW] == [202, 403, 403, 403]
        assert [await status("POST", "/alerts/sentry", who, SENTRY) for who in NARROW] == [202, 401, 401, 401]
        assert [await status("GET", "/incidents", who) for who in NARROW] == [403, 200, 403, 403]
        said = {"label": "right"}
        assert [await status("POST", "/incidents/I/feedback", who, said) for who in NARROW] == [403, 403, 404, 403]


async def test_a_token_that_reverted_and_judged_before_is_told_which_scope_to_add(
    store: Store, settings: Settings
) -> None:
    async with client_of(store, settings, REDTIDE_API_TOKENS=json.dumps(NARROW)) as client:
        told = {}
        for who in ("reader", "reverter"):
            headers = bearer(str(NARROW[who]["token"]))
            answer = await client.post("/incidents/I/feedback", json={"label": "right"}, headers=headers)
            told[who] = answer.json()["detail"]
    assert told == {
        "reader": "this token lacks the scope feedback:write",
        "reverter": "this token lacks the scope feedback:write, which reverts:write no longer stands for: "
        "add it to the token in REDTIDE_API_TOKENS",
    }


async def test_the_one_token_may_do_everything() -> None:
    caller = Trust.of({"REDTIDE_API_TOKEN": TOKEN}).caller(f"Bearer {TOKEN}")
    assert caller is not None
    assert caller.scopes == SCOPES


async def test_a_browser_may_show_the_token_as_a_password(store: Store, settings: Settings) -> None:
    shown = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    async with client_of(store, settings, REDTIDE_API_TOKEN=TOKEN) as client:
        answer = await client.get("/incidents", headers={"Authorization": f"Basic {shown}"})
    assert answer.status_code == 200


Sign = Callable[[bytes, str], dict[str, str]]
SIGNERS: list[tuple[str, Sign]] = [
    ("sentry", lambda body, secret: {"Sentry-Hook-Signature": signed(body, secret)}),
    ("pagerduty", lambda body, secret: {"X-PagerDuty-Signature": f"v1={'0' * 64}, v1={signed(body, secret)}"}),
    ("grafana", lambda body, secret: {"X-Grafana-Alerting-Signature": signed(body, secret)}),
    ("grafana", lambda body, secret: _grafana(body, secret, 0)),
    ("redtide", lambda body, secret: _own(body, secret, 0)),
]


def _grafana(body: bytes, secret: str, shift: int) -> dict[str, str]:
    at = str(int(time.time()) + shift)
    signature = signed(body, secret, f"{at}:".encode())
    return {"X-Grafana-Alerting-Signature": signature, "X-Grafana-Alerting-Timestamp": at}


def _own(body: bytes, secret: str, shift: int) -> dict[str, str]:
    at = int(time.time()) + shift
    return {"X-RedTide-Signature": f"t={at},v1={signed(body, secret, f'{at}.'.encode())}"}


@pytest.mark.parametrize(("source", "sign"), SIGNERS)
async def test_a_signature_over_the_raw_bytes_is_enough_and_every_active_secret_counts(
    store: Store, settings: Settings, source: str, sign: Sign
) -> None:
    body = json.dumps(BODIES[source], indent=3).encode()
    async with client_of(store, settings, **{f"REDTIDE_SECRETS_{source.upper()}": f"{OLD} {SECRET}"}) as client:

        async def status(content: bytes, headers: dict[str, str]) -> int:
            return (await client.post(f"/alerts/{source}", content=content, headers=headers)).status_code

        assert [await status(body, sign(body, secret)) for secret in (SECRET, OLD)] == [202, 202]
        assert await status(body, sign(body, "some-other-secret-here")) == 401
        assert await status(body + b" ", sign(body, SECRET)) == 401
        assert await status(body, {name: "" for name in sign(body, SECRET)}) == 401
        odd = {name: b"v1=\xe9\xff,t=1" for name in sign(body, SECRET)}
        assert (await client.post(f"/alerts/{source}", content=body, headers=odd)).status_code == 401  # type: ignore[arg-type]


@pytest.mark.parametrize("shift", [-301, 400])
async def test_a_recorded_request_cannot_be_sent_again_later(store: Store, settings: Settings, shift: int) -> None:
    secrets = {"REDTIDE_SECRETS_GRAFANA": SECRET, "REDTIDE_SECRETS_REDTIDE": SECRET}
    async with client_of(store, settings, **secrets) as client:
        for source, sign in (("grafana", _grafana), ("redtide", _own)):
            body = json.dumps(BODIES[source]).encode()
            answer = await client.post(f"/alerts/{source}", content=body, headers=sign(body, SECRET, shift))
            assert answer.status_code == 401


@pytest.mark.parametrize("source", ["elastic", "alertmanager", "datadog", "grafana"])
async def test_a_sender_that_cannot_sign_shows_its_secret(store: Store, settings: Settings, source: str) -> None:
    async with client_of(store, settings, **{f"REDTIDE_SECRETS_{source.upper()}": f"{SECRET} {OLD}"}) as client:
        right = [await client.post(f"/alerts/{source}", json=BODIES[source], headers=bearer(s)) for s in (SECRET, OLD)]
        wrong = await client.post(f"/alerts/{source}", json=BODIES[source], headers=bearer("no-secret-of-anybody"))
        elsewhere = await client.post("/alerts/sentry", json=SENTRY, headers=bearer(SECRET))
        reading = await client.get("/incidents", headers=bearer(SECRET))
    assert [answer.status_code for answer in right] == [202, 202]
    assert [answer.status_code for answer in (wrong, elsewhere, reading)] == [401, 401, 401]


async def test_a_wrong_signature_is_not_made_up_for_by_a_token(store: Store, settings: Settings) -> None:
    async with client_of(store, settings, REDTIDE_API_TOKEN=TOKEN, REDTIDE_SECRETS_SENTRY=SECRET) as client:
        headers = {**bearer(TOKEN), "Sentry-Hook-Signature": "0" * 64}
        assert (await client.post("/alerts/sentry", json=SENTRY, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "value", ["not json", "[]", '{"a": {"token": "short", "scopes": []}}', '{"a": {"token": "x", "scopes": ["root"]}}']
)
def test_tokens_that_cannot_be_used_are_said_at_the_start_without_repeating_them(value: str) -> None:
    with pytest.raises(InputError, match="REDTIDE_API_TOKENS") as refused:
        Trust.of({"REDTIDE_API_TOKENS": value})
    assert "short" not in str(refused.value)


def test_a_secret_that_is_too_short_is_refused() -> None:
    for name in ("REDTIDE_API_TOKEN", "REDTIDE_SECRETS_SENTRY"):
        with pytest.raises(InputError, match=name):
            Trust.of({name: "hunter2"})


def named(**tokens: str) -> str:
    return json.dumps({name: {"token": token, "scopes": ["alerts:write"]} for name, token in tokens.items()})


@pytest.mark.parametrize("token", ["", "short", " " * 24, "a token of several words", "half a character \ud800"])
def test_a_named_token_that_protects_nothing_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="REDTIDE_API_TOKENS"):
        Trust.of({"REDTIDE_API_TOKENS": named(deploys=token)})


UNDECODABLE = "\udcff" * 24
"""24 bytes that are no UTF-8, as they stand in `os.environ`."""


@pytest.mark.parametrize("environment", [{"REDTIDE_API_TOKEN": UNDECODABLE}, {"REDTIDE_SECRETS_SENTRY": UNDECODABLE}])
async def test_bytes_that_are_no_text_are_not_the_same_as_question_marks(
    store: Store, settings: Settings, environment: dict[str, str]
) -> None:
    async with client_of(store, settings, **environment) as client:

        async def status(shown: bytes) -> int:
            headers = {b"Authorization": b"Bearer " + shown}
            return (await client.post("/alerts/sentry", json=SENTRY, headers=headers)).status_code

        assert [await status(shown) for shown in (b"?" * 24, b"\xfe" * 24, b"\xff" * 24)] == [401, 401, 202]


async def test_basic_authentication_compares_bytes_too(store: Store, settings: Settings) -> None:
    async with client_of(store, settings, REDTIDE_API_TOKEN=UNDECODABLE) as client:

        async def status(password: bytes) -> int:
            shown = base64.b64encode(b"anybody:" + password).decode()
            return (await client.get("/incidents", headers={"Authorization": f"Basic {shown}"})).status_code

        assert [await status(password) for password in (b"?" * 24, b"\xff" * 24)] == [401, 200]


def test_a_token_with_two_names_is_refused_because_its_scopes_would_be_those_of_the_last() -> None:
    twice = named(reader=TOKEN, writer=TOKEN)
    with pytest.raises(InputError, match="'reader' and 'writer' have the same token"):
        Trust.of({"REDTIDE_API_TOKENS": twice})
    with pytest.raises(InputError, match="'reader' and 'operator' have the same token"):
        Trust.of({"REDTIDE_API_TOKENS": named(reader=TOKEN), "REDTIDE_API_TOKEN": TOKEN})


@pytest.mark.parametrize(
    "text",
    [
        f'{{"a": {{"token": "{TOKEN}", "scopes": []}}, "a": {{"token": "{TOKEN}", "scopes": ["reverts:write"]}}}}',
        f'{{"a": {{"token": "{TOKEN}", "scopes": [], "scopes": ["reverts:write"]}}}}',
    ],
)
def test_a_key_that_stands_twice_in_the_tokens_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="each name once"):
        Trust.of({"REDTIDE_API_TOKENS": text})


def test_the_secret_of_a_source_may_not_be_an_api_token_too() -> None:
    with pytest.raises(InputError, match="REDTIDE_SECRETS_SENTRY"):
        Trust.of({"REDTIDE_API_TOKEN": TOKEN, "REDTIDE_SECRETS_SENTRY": TOKEN})


def test_no_secret_shows_when_it_is_printed() -> None:
    trust = Trust.of({"REDTIDE_API_TOKEN": TOKEN, "REDTIDE_SECRETS_SENTRY": SECRET})
    assert TOKEN not in repr(trust)
    assert SECRET not in repr(trust)


def test_a_token_is_made_up_only_when_none_is_set() -> None:
    empty: dict[str, str] = {}
    made = token_for_this_run(empty)
    assert made
    assert Trust.of(empty).caller(f"Bearer {made}")
    assert token_for_this_run(empty) is None


async def test_a_body_that_is_not_proven_is_not_even_looked_at(store: Store, settings: Settings) -> None:
    async with client_of(store, settings, REDTIDE_SECRETS_SENTRY=SECRET) as client:
        answer = await client.post("/alerts/sentry", content=b"not json")
        own = await client.post("/alerts", json=OWN)
    assert (answer.status_code, own.status_code) == (401, 401)


def test_a_secret_of_a_source_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(
        InputError, match=r"REDTIDE_SECRETS_SENTRI: there is no such source; there are .*SENTRY"
    ) as refused:
        Trust.of({"REDTIDE_SECRETS_SENTRI": SECRET})
    assert SECRET not in str(refused.value)
