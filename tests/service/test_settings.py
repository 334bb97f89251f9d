from pathlib import Path

import pytest
from pydantic import ValidationError

from service.cluster.hosting import Hosting
from service.settings import Settings
from service.settings.sign_on import SignOn
from service.store.engine import sqlite_file, url_of

SIGN_ON = {"issuer": "https://login.example.org", "client_id": "tide", "client_secret_file": "~/secret"}


def at_a_forge(url: str | None, **fields: str) -> dict[str, object]:
    """Settings of reverts: those of `shop` go to the forge at this address."""
    return {"repositories": {"shop": {"forge": "gitea", "url": url, **fields}}}


def test_what_is_given_wins_over_the_environment_which_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_ATTEMPTS", "7")
    monkeypatch.setenv("REDTIDE_REPOSITORIES", '{"shop": "/srv/git/shop.git"}')
    assert Settings().attempts == 7
    assert Settings(attempts=2).attempts == 2
    assert Settings().repositories == {"shop": Path("/srv/git/shop.git")}
    assert Settings().investigations_at_once == 2


def test_relative_paths_are_taken_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(repositories={"shop": Path("shop")})
    assert settings.repositories["shop"] == tmp_path / "shop"
    assert settings.store_url == f"sqlite+aiosqlite:///{tmp_path}/redtide.sqlite3"


@pytest.mark.parametrize("password", ["hunter2", "hunter2/and?more", "hunter2@more"])
def test_a_store_url_with_a_password_is_refused_without_repeating_it(password: str) -> None:
    with pytest.raises(ValidationError, match="store_password_variable") as refused:
        Settings(store_url=f"postgresql://red:{password}@db/tide")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:////srv/red%20tide.db", "sqlite+aiosqlite:////srv/red tide.db"),
        ("sqlite:////srv/a.db?timeout=3", "sqlite+aiosqlite:////srv/a.db?timeout=3"),
        ("sqlite://", "sqlite+aiosqlite://"),
        ("sqlite:///:memory:", "sqlite+aiosqlite:///:memory:"),
        ("postgresql://red@db:5432/tide", "postgresql+psycopg://red@db:5432/tide"),
        (
            "postgresql://red@[::1]:5432/tide?sslmode=require",
            "postgresql+psycopg://red@[::1]:5432/tide?sslmode=require",
        ),
        ("postgresql://postgres@/tide?host=/run/pg", "postgresql+psycopg://postgres@/tide?host=/run/pg"),
    ],
)
def test_a_store_url_names_its_asynchronous_driver_and_survives_being_read_again(given: str, meant: str) -> None:
    once = Settings(store_url=given).store_url
    assert (once, Settings(store_url=once).store_url) == (meant, meant)


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ("sqlite:////srv/red%20tide.db", "/srv/red tide.db"),
        ("sqlite:////srv/a+b%25%C3%BC.db?timeout=3", "/srv/a+b%ü.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql://red@db:5432/tide", None),
    ],
)
def test_the_file_of_a_store_is_the_one_that_is_opened(given: str, file: str | None) -> None:
    address = Settings(store_url=given).store_address()
    assert address.file == (None if file is None else Path(file))
    assert address.file == sqlite_file(url_of(address))


@pytest.mark.parametrize("wrong", ["mysql://red@db/tide", "sqlite", "postgresql://db:port/tide", "/srv/store.sqlite3"])
def test_a_store_url_of_no_database_of_ours_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="SQLite or PostgreSQL"):
        Settings(store_url=wrong)


def test_secrets_are_read_from_the_environment_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(store_url="postgresql://red@db/tide", model_key_variable="THE_KEY")
    monkeypatch.setenv("REDTIDE_STORE_PASSWORD", "hunter2")
    monkeypatch.setenv("THE_KEY", "sk-1")
    key, password = settings.model_key(), settings.store_address().password
    assert password is not None
    assert password.get_secret_value() == "hunter2"
    assert key is not None
    assert key.get_secret_value() == "sk-1"
    assert "hunter2" not in settings.model_dump_json() + repr(settings) + repr(settings.store_address())


def test_settings_survive_the_way_to_a_replica(tmp_path: Path) -> None:
    settings = Settings(repositories={"shop": tmp_path}, model_url="http://127.0.0.1/v1", model_name="tiny")
    assert Settings(**settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize("wrong", [{"surprise": 1}, {"store_url": "no url"}, {"poll_seconds": 0}, {"attempts": 0}])
def test_wrong_settings_are_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings.model_validate(wrong)


def test_the_service_is_reachable_from_this_machine_only_unless_told_otherwise() -> None:
    assert Hosting().host == "127.0.0.1"


def test_every_field_says_what_it_is_for() -> None:
    fields = {**Settings.model_fields, **Hosting.model_fields}
    assert [name for name, field in fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("setting", "url", "remedy"),
    [
        ("model_url", "http://key:{}@model:8000/v1", "model_key_variable"),
        ("model_url", "http://{}@model:8000/v1", "model_key_variable"),
        ("public_url", "https://red:{}@tide.example.org", "must not hold credentials"),
        ("store_url", "postgresql://red@db/tide?password={}", "store_password_variable"),
    ],
)
def test_no_address_may_hold_a_password_and_where_it_belongs_is_said(setting: str, url: str, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy) as refused:
        Settings.model_validate({setting: url.format("hunter2hunter2")})
    assert setting in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["model:8000", "ftp://model", "http://", "http://model:port", "http://[model"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="not an address such as"):
        Settings(model_url=url)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"confirm_commands": {"shpo": "make test"}}, "confirm_commands names what repositories does not hold: shpo"),
        ({"reverts": at_a_forge("https://git.example.org/shop.git")}, "reverts.repositories.shop.project: missing"),
        ({"reverts": at_a_forge("file:///srv/acme/shop.git")}, "reverts.repositories.shop.api_url: missing"),
        ({"reverts": at_a_forge(None), "remotes": {"shop": "https://git.example.org/s"}}, "shop.project: missing"),
        ({"oidc": SIGN_ON, "public_url": "https://tide.example.org"}, "neither read nor act"),
    ],
)
def test_what_could_never_work_is_refused_with_its_field_and_a_remedy(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Settings.model_validate({"repositories": {"shop": "/srv/shop"}, **wrong})


def test_a_forge_needs_no_more_than_it_is_told() -> None:
    told = at_a_forge("file:///srv/shop.git", api_url="https://git.example.org/api", project="acme/shop")
    for reverts in (told, at_a_forge("ssh://git@git.example.org/acme/shop.git"), at_a_forge("file:///s", forge="push")):
        Settings.model_validate({"repositories": {"shop": "/srv/shop"}, "reverts": reverts})


def test_the_secret_of_single_sign_on_may_lie_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/tide")
    assert SignOn.model_validate(SIGN_ON | {"act": ["oncall"]}).client_secret_file == Path("/home/tide/secret")
