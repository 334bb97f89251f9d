"""The documentation is the service's own, to the last byte, and opens as the settings say."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx
import pytest

from service.api.routes import create_api
from service.settings import Docs, Settings
from service.store.store import Store
from tests.service.stand_ins import AUTHORIZED, Bell

ONE_DATABASE = True
PATHS = ("/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/openapi.json")


class Loaded(HTMLParser):
    """What a page makes a browser load, and the scripts and styles that stand in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline = re.findall(r"<script>|<style|\son\w+=|\sstyle=", page)
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]


def client_of(store: Store, settings: Settings, docs: Docs) -> httpx.AsyncClient:
    api = create_api(store, Bell(), settings.model_copy(update={"docs": docs}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://redtide")


@pytest.mark.parametrize(("docs", "stranger", "known"), [("token", 401, 200), ("open", 200, 200), ("off", 401, 404)])
async def test_they_open_as_the_settings_say(
    store: Store, settings: Settings, docs: Docs, stranger: int, known: int
) -> None:
    async with client_of(store, settings, docs) as client:
        assert {(await client.get(path)).status_code for path in PATHS} == {stranger}
        assert {(await client.get(path, headers=AUTHORIZED)).status_code for path in PATHS} == {known}


def test_they_ask_for_a_token_unless_told_otherwise() -> None:
    assert Settings().docs == "token"


async def test_a_browser_loads_nothing_from_elsewhere_and_runs_no_script_of_the_page(
    store: Store, settings: Settings
) -> None:
    async with client_of(store, settings, "open") as client:
        page = await client.get("/docs")
        loaded = Loaded(page.text)
        answers = [await client.get(urljoin("/docs", address)) for address in loaded.addresses]
        start = (await client.get("/docs/start.js")).text
        assert (await client.get("/docs/main.py", headers=AUTHORIZED)).status_code == 404
    assert len(loaded.addresses) == 4
    assert [answer.status_code for answer in answers] == [200] * 4
    assert loaded.inline == []
    assert "http" not in start
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe-inline" not in policy
    assert all(answer.headers["content-security-policy"] == policy for answer in answers)


async def test_the_schema_names_every_way_in(store: Store, settings: Settings) -> None:
    async with client_of(store, settings, "open") as client:
        schema = (await client.get("/openapi.json")).json()
    assert {"/alerts", "/alerts/{source}", "/incidents/{incident_id}", "/healthz"} <= set(schema["paths"])
    assert not any(path.startswith("/docs") for path in schema["paths"])
