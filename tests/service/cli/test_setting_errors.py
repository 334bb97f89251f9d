"""Errors in settings are told in our words: the name, where it stands, what to write."""

from pathlib import Path

import pytest
import yaml

from tests.service.cli.ran import RedTide


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("POLL_SECONDS", "0", "poll_seconds (REDTIDE_POLL_SECONDS): must be more than 0 (default: 2.0)"),
        ("ATTEMPTS", "many", "attempts (REDTIDE_ATTEMPTS): must be a whole number (default: 5)"),
        ("ATTEMPTS", "0", "attempts (REDTIDE_ATTEMPTS): must be 1 or more (default: 5)"),
        ("DRAIN_SECONDS", "soon", "drain_seconds (REDTIDE_DRAIN_SECONDS): must be a number (default: 20.0)"),
        ("DOCS", "closed", "docs (REDTIDE_DOCS): must be open, token or off"),
        (
            "REPOSITORIES",
            "shop",
            'repositories (REDTIDE_REPOSITORIES): must be JSON, such as {"shop": "/srv/git/shop.git"}',
        ),
        ("REPOSITORIES", "[]", 'repositories (REDTIDE_REPOSITORIES): must be an object, such as {"name": "value"}'),
        ("LIFE", '{"quiet": 1}', "life.quiet (REDTIDE_LIFE): is no setting; `redtide settings` lists what there is"),
        ("STORE_URL", "mysql://x/y", "store_url (REDTIDE_STORE_URL): not an SQLAlchemy URL of SQLite or PostgreSQL"),
        ("PORT", "0", "port (REDTIDE_PORT): must be 1 or more (default: 8000)"),
        ("DASHBOARD", "perhaps", "dashboard (REDTIDE_DASHBOARD): must be true or false (default: True)"),
        (
            "NOTIFY",
            '{"channels": {"a": {"kind": "pager"}}}',
            "notify.channels.a (REDTIDE_NOTIFY): has a kind that is unknown: one of slack, webhook",
        ),
        (
            "NOTIFY",
            '{"channels": {"a": {}}}',
            "notify.channels.a (REDTIDE_NOTIFY): needs kind: one of slack, webhook",
        ),
    ],
)
def test_a_variable_is_named_with_what_to_write(
    redtide: RedTide, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"REDTIDE_{name}", value)
    ran = redtide("serve")
    assert ran.status == 2
    assert ran.err.startswith(f"redtide serve: error: settings: {said}")
    assert ran.err.count("\n") == 1


def test_a_field_of_the_configuration_is_named_as_it_stands_there(redtide: RedTide, tmp_path: Path) -> None:
    file = tmp_path / "serve.yaml"
    args = {"pol_seconds": 3, "attempts": "x"}
    file.write_text(yaml.safe_dump({"applications": [{"name": "redtide", "args": args}]}))
    said = redtide("serve", "--config", str(file)).err
    assert "attempts: must be a whole number" in said
    assert "pol_seconds: is no setting; did you mean poll_seconds?" in said
