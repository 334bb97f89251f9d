"""Whatever is sent, no answer is an error of ours: schemathesis against the served OpenAPI, and hostile headers."""

import json
import shutil
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.api.auth.tokens import Trust
from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.payloads import SENTRY
from tests.service.stand_ins import ALERT, AUTHORIZED, TOKEN, Bell

Operation: TypeAlias = Any  # schemathesis' own types are not exported
# One database is enough here, and one application for all examples: they may disturb each other as strangers do.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@cache
def openapi() -> Operation:
    """The interface as it is served at /openapi.json."""
    api = create_api(Store(Settings(store_url="sqlite://").store_address()), Bell(), Settings(), Trust.of({}))
    return schemathesis.openapi.from_dict(api.openapi())


OPERATIONS = [result.ok() for result in openapi().get_all_operations()]


@pytest_asyncio.fixture
async def api(tmp_path: Path, migrated_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The application, to somebody who holds a token."""
    shutil.copy(migrated_file, tmp_path / "store.sqlite3")
    chosen = Settings(store_url=f"sqlite:///{tmp_path}/store.sqlite3", repositories={"shop": tmp_path})
    store = Store(chosen.store_address())
    transport = httpx.ASGITransport(create_api(store, Bell(), chosen), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://redtide", headers=AUTHORIZED) as client:
        yield client
    await store.close()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
@given(data=st.data())
@EXAMPLES
async def test_no_request_the_schema_allows_or_forbids_is_an_error_of_ours(
    api: httpx.AsyncClient, operation: Operation, data: st.DataObject
) -> None:
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    mode = data.draw(st.sampled_from(modes)) if operation.body or operation.query else modes[0]
    case = data.draw(operation.as_strategy(generation_mode=mode))
    sent = case.as_transport_kwargs(base_url="http://redtide")
    content = sent.get("data") if isinstance(sent.get("data"), (bytes, str)) else None
    body = json.dumps(sent["json"]).encode() if "json" in sent else content
    request = {"params": sent.get("params"), "content": body, "headers": _sendable(sent.get("headers"))}
    answer = await api.request(sent["method"], sent["url"], **request)
    assert answer.status_code < 500, answer.text
    assert str(answer.status_code) in {*operation.definition.raw["responses"], "404", "405", "307"}, answer.text


def _sendable(headers: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 (any mapping)
    told = [
        (name.encode("latin-1", "replace"), str(value).encode("latin-1", "replace")) for name, value in headers.items()
    ]
    kept = [(name, value) for name, value in told if name.lower() not in (b"authorization", b"content-length")]
    return [*kept, (b"Authorization", AUTHORIZED["Authorization"].encode())]


HEADERS = (
    "Authorization",
    "Content-Type",
    "Content-Length",
    "Idempotency-Key",
    "Request-ID",
    "Sentry-Hook-Signature",
    "X-PagerDuty-Signature",
    "X-Grafana-Alerting-Timestamp",
    "X-RedTide-Signature",
    "Accept",
    "Host",
    "X-Forwarded-For",
)


@given(name=st.sampled_from(HEADERS), value=st.binary(max_size=300).filter(lambda text: not set(text) & set(b"\r\n\0")))
@EXAMPLES
async def test_a_hostile_header_is_never_an_error_of_ours(api: httpx.AsyncClient, name: str, value: bytes) -> None:
    for path, body in (
        ("/alerts", ALERT),
        ("/alerts/sentry", SENTRY),
        ("/alerts/pagerduty", {}),
        ("/alerts/grafana", {}),
    ):
        headers = [(b"Authorization", f"Bearer {TOKEN}".encode())] if name != "Authorization" else []
        answer = await api.post(path, json=body, headers=[*headers, (name.encode(), value)])
        assert answer.status_code < 500, answer.text
