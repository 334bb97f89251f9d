"""The reference of the settings is complete, and the page in docs is what the command prints."""

from pathlib import Path

from service.api.auth.tokens import ONE_TOKEN, SECRETS, TOKENS, TOPICS
from service.cli.settings import markdown, reference
from tests.service.cli.ran import RedTide

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run `redtide settings --markdown > docs/settings.md`"


def test_the_page_names_what_is_read_from_the_environment_alone() -> None:
    assert [name for name in (ONE_TOKEN, TOKENS, SECRETS, TOPICS) if f"`{name}" not in markdown()] == []


def test_every_setting_says_what_it_does() -> None:
    assert [each.name for group in reference().values() for each in group if not each.meaning] == []


def test_a_replica_shows_the_default_that_holds_for_it_and_not_its_class_default() -> None:
    defaults = {each.name: each.default for group in reference().values() for each in group}
    assert (defaults["ingress.cpus"], defaults["triage.cpus"]) == ("`0.1`", "`0.5`")


def test_the_command_prints_every_setting(redtide: RedTide) -> None:
    shown = redtide("settings").out
    assert "life.seconds  (REDTIDE_LIFE, default 86400.0)" in shown
