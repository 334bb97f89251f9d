import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from incidents.errors import InputError
from service.cli.serve import missing, read_config, settings_of
from service.cluster.ports import free_port
from service.settings import Settings
from tests.service.cli.ran import RedTide

CONFIG = """
http_options:
  host: 0.0.0.0
  port: 8123
applications:
  - name: llm
    import_path: models.hosting:build_llm_app
    args: {}
  - name: redtide
    import_path: service.app:build_app
    args:
      repositories: {shop: /srv/git/shop.git}
"""


@pytest.fixture(autouse=True)
def free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else runs on this machine."""
    for name in ("PORT", "METRICS_PORT", "DASHBOARD_PORT"):
        monkeypatch.setenv(f"REDTIDE_{name}", str(free_port()))


def test_a_taken_port_is_told_before_a_store_is_made(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REDTIDE_STORE_URL", f"sqlite:///{tmp_path}/store.sqlite3")
    monkeypatch.setattr("service.cluster.local.serve_until_stopped", lambda *_: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = redtide("serve", "--port", str(taken.getsockname()[1]))
    assert ran.status == 2
    assert "port: cannot listen on 127.0.0.1" in ran.err
    assert not (tmp_path / "store.sqlite3").exists()


def test_the_application_is_found_in_a_serve_config(tmp_path: Path) -> None:
    file = tmp_path / "serve_config.yaml"
    file.write_text(CONFIG)

    assert read_config(file) == {
        "args": {"repositories": {"shop": "/srv/git/shop.git"}},
        "http": {"host": "0.0.0.0", "port": 8123},
    }


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "applications: [{name: other}]", "\x00", "applications: 3"])
def test_a_config_without_the_application_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)

    with pytest.raises(InputError, match="--config"):
        read_config(file)


@pytest.mark.parametrize(
    ("text", "field"),
    [("applications: [{name: redtide, args: [1]}]", "args"), (f"{CONFIG}http_options: 3", "http_options")],
)
def test_what_should_be_an_object_in_a_config_is_named(tmp_path: Path, text: str, field: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)

    with pytest.raises(InputError, match=f"^--config: `{field}` in .* must be an object"):
        read_config(file)


def test_bad_settings_are_one_line_and_status_2(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = redtide("serve", "--config", str(tmp_path / "gone.yaml"))
    port = redtide("serve", "--port", "70000")
    monkeypatch.setenv("REDTIDE_POLL_SECONDS", "-1")
    setting = redtide("serve")
    monkeypatch.delenv("REDTIDE_POLL_SECONDS")
    monkeypatch.setenv("REDTIDE_REPOSITORIES", "not json")
    unreadable = redtide("serve")

    for ran, said in ((gone, "--config"), (port, "port"), (setting, "poll_seconds"), (unreadable, "repositories")):
        assert ran.status == 2
        assert said in ran.err
        assert len(ran.err.splitlines()) == 1


def test_a_variable_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDTIDE_REPOSITORIES", "shop=/srv/git/shop.git")
    with pytest.raises(
        InputError, match=r"^settings: repositories \(REDTIDE_REPOSITORIES\): must be JSON, such as {\"shop\""
    ):
        settings_of({})


def test_a_store_that_cannot_be_written_is_refused_before_anything_starts(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("REDTIDE_STORE_URL", f"sqlite:///{tmp_path}/a file/store.sqlite3")
    monkeypatch.setattr("service.cluster.local.serve_until_stopped", pytest.fail)
    ran = redtide("serve")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert ran.err.startswith("redtide serve: error: store_url: ")
    assert "(Not a directory)" in ran.err or "(File exists)" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("# no database, but notes\n" * 100, "its file is no SQLite database"),
        ("the version of tomorrow", "this store is of a newer version (9999_tomorrow)"),
    ],
)
def test_a_store_that_is_none_is_one_line_before_anything_starts(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "store.sqlite3"
    if content.startswith("#"):
        file.write_text(content)
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(
                "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('9999_tomorrow')"
            )
    before = file.read_bytes()
    monkeypatch.setenv("REDTIDE_STORE_URL", f"sqlite:///{file}")
    monkeypatch.setattr("service.cluster.local.serve_until_stopped", pytest.fail)
    ran = redtide("serve")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert said in ran.err
    assert file.read_bytes() == before


def test_a_server_that_does_not_answer_is_named_without_its_password(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_STORE_URL", "postgresql://tide@127.0.0.1:9/tide")
    monkeypatch.setenv("REDTIDE_STORE_PASSWORD", "a-password-of-the-store")
    monkeypatch.setattr("service.cluster.local.serve_until_stopped", pytest.fail)
    ran = redtide("serve")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "store_url: no connection to PostgreSQL at 127.0.0.1:9/tide (" in ran.err
    assert "efused" in ran.err
    assert "a-password" not in ran.err


def test_repositories_that_are_not_there_and_mistyped_variables_are_named_at_the_start(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REDTIDE_STORE_URL", f"sqlite:///{tmp_path}/store.sqlite3")
    monkeypatch.setenv("REDTIDE_REPOSITORIES", f'{{"shop": "{tmp_path}/gone", "mail": "{tmp_path}/later"}}')
    monkeypatch.setenv("REDTIDE_REMOTES", '{"mail": "https://git.example/mail.git"}')
    monkeypatch.setenv("REDTIDE_SERVICE", "{}")
    monkeypatch.setattr("service.cluster.local.serve_until_stopped", lambda *_: None)
    ran = redtide("serve")
    assert ran.status == 0
    lines = [json.loads(line) for line in ran.err.splitlines()]
    assert [(line["logger"], line["level"]) for line in lines] == [("service.cli", "warning")] * 2 + [
        ("service.cli", "info")
    ]
    assert [line["message"] for line in lines] == [
        "REDTIDE_SERVICE is read by nothing; did you mean REDTIDE_SERVICES?",
        f"Repository 'shop': there is nothing at {tmp_path}/gone",
        f"Store: '{tmp_path}/store.sqlite3' was not there and is made",
    ]
    assert len(redtide("serve").err.splitlines()) == 2  # the store is there now


def test_what_keeps_single_sign_on_and_the_policy_from_working_is_said_at_the_start(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('mode = "auto"\n[[overrides]]\nrepositories = ["mail"]\nvalues = { mode = "shadow" }\n')
    fields: dict[str, Any] = {"public_url": "https://tide.example.org", "policy": policy}
    fields["repositories"] = {"shop": tmp_path, "mail": tmp_path}
    sign_on = {"issuer": "https://login.example.org", "client_id": "tide", "read": ["*"]}
    fields["oidc"] = {**sign_on, "client_secret_file": tmp_path / "secret"}
    secret, unreverted, unheard = missing(Settings.model_validate(fields))
    assert secret.startswith("oidc.client_secret_file cannot be read")
    assert unreverted.startswith("Policy: 'shop' is `auto`, but reverts.repositories does not hold it")
    assert unheard.startswith("Policy: `auto`, but notify.channels is empty")
    (tmp_path / "secret").write_text("a-secret")
    policy.write_text('mode = "propose"')
    assert missing(Settings.model_validate(fields)) == []
