"""Where a token is stored, who can read it, and whom commands ask afterwards."""

import json
import stat
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from service.api.routes import create_api
from service.settings import Settings
from service.store.store import Store
from tests.service.cli.live_service import ANA, READER, serving_app, trust
from tests.service.cli.ran import RedTide
from tests.service.stand_ins import Bell

ONE_DATABASE = True


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The real interface over an empty store."""
    with serving_app(create_api(Store(settings.store_address()), Bell(), settings, trust())) as served:
        yield served


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Where the token lies without a keyring."""
    return tmp_path / "config" / "redtide" / "login.json"


class Remembering(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.passwords.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(text))


def test_a_token_is_tried_stored_for_its_owner_alone_and_then_used(
    redtide: RedTide, url: str, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, f"{ANA}\nmore")
    ran = redtide("login", "--server", f"{url}/")
    assert (ran.status, ran.out) == (0, f"logged in at {url}; the token lies in {stored}\n"), ran.err
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    assert redtide("incidents").err == "no incidents\n"
    assert ANA not in ran.out + ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody-knows-this-one", "does not know this token"),
        ("", "TOKEN: is empty"),
        ("two words", "TOKEN: a token has printable characters without blanks"),
    ],
)
def test_a_token_that_does_not_work_is_not_stored(
    redtide: RedTide, url: str, stored: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, text)
    ran = redtide("login", "--server", url)
    assert (ran.status, said in ran.err, stored.exists()) == (2, True, False)
    assert not text or text not in ran.err


def test_a_token_without_the_scope_to_read_is_stored_and_says_so(
    redtide: RedTide, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    from service.api.auth.tokens import Caller, Trust

    writer = Trust(tokens={hashlib.sha256(READER.encode()).digest(): Caller("w", frozenset({"alerts:write"}))})
    piped(monkeypatch, READER)
    with serving_app(create_api(Store(settings.store_address()), Bell(), settings, writer)) as url:
        ran = redtide("login", "--server", url)
    assert (ran.status, "may not read incidents" in ran.err) == (0, True)


def test_a_keyring_that_works_holds_the_token_and_the_file_does_not(
    redtide: RedTide, url: str, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Remembering()
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    piped(monkeypatch, ANA)
    assert "the token lies in the system keyring" in redtide("login", "--server", url).out
    assert ring.passwords == {("redtide", url): ANA}
    assert json.loads(stored.read_text()) == {"server": url, "tokens": {url: None}}
    assert redtide("incidents").err == "no incidents\n"
    ring.passwords.clear()
    assert f"the keyring no longer holds the token; run `redtide login --server {url}`" in redtide("incidents").err
    assert redtide("logout").status == 0


def test_the_environment_takes_the_place_of_what_is_stored(
    redtide: RedTide, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, ANA)
    redtide("login", "--server", url)
    monkeypatch.setenv("REDTIDE_TOKEN", "nobody-knows-this-one")
    assert "does not know this token" in redtide("incidents").err
    monkeypatch.setenv("REDTIDE_TOKEN", READER)
    assert redtide("incidents").status == 0


def test_a_stored_token_is_shown_to_its_own_server_only(
    redtide: RedTide, url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, ANA)
    redtide("login", "--server", url)
    with serving_app(create_api(Store(settings.store_address()), Bell(), settings, trust())) as other:
        assert f"{other} asks for a token" in redtide("incidents", "--server", other).err


def test_who_logs_out_is_forgotten(redtide: RedTide, url: str, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, ANA)
    redtide("login", "--server", url)
    assert redtide("logout").out == f"removed the token of {url}\n"
    assert ANA not in stored.read_text()
    again = redtide("logout", "--server", url)
    assert (again.status, again.out) == (1, f"there was no token of {url}\n")
    assert "--server: missing" in redtide("logout").err


def test_a_file_that_others_may_read_is_not_used(
    redtide: RedTide, url: str, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, ANA)
    redtide("login", "--server", url)
    stored.chmod(0o644)
    ran = redtide("incidents")
    assert (ran.status, f"run `chmod 600 {stored}`" in ran.err) == (2, True)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"server": 7, "tokens": 7}'])
def test_a_damaged_file_is_told(redtide: RedTide, stored: Path, content: str) -> None:
    stored.parent.mkdir(parents=True)
    stored.touch(mode=0o600)
    stored.write_text(content)
    ran = redtide("incidents")
    assert (ran.status, "remove it and log in again" in ran.err, ran.err.count("\n")) == (2, True, 1)


def test_a_token_is_not_even_asked_for_where_it_would_travel_in_the_clear(redtide: RedTide) -> None:
    ran = redtide("login", "--server", "http://redtide.example.org")
    assert (ran.status, "a token is only sent by https" in ran.err) == (2, True)


def test_the_command_in_a_message_needs_no_server_where_the_login_remembers_it(
    redtide: RedTide, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argparse import Namespace

    from service.cli.target import target_of

    piped(monkeypatch, ANA)
    redtide("login", "--server", url)
    named = Namespace(server=url, store=None, config=None)
    other = Namespace(server="http://127.0.0.1:1", store=None, config=None)
    assert target_of(named).options == ()
    assert target_of(other).options == ("--server", "http://127.0.0.1:1")
