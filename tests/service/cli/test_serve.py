from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cli.serve import read_config
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


def test_the_application_is_found_in_a_serve_config(tmp_path: Path) -> None:
    file = tmp_path / "serve_config.yaml"
    file.write_text(CONFIG)

    assert read_config(file) == {
        "args": {"repositories": {"shop": "/srv/git/shop.git"}},
        "http": {"host": "0.0.0.0", "port": 8123},
    }


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "applications: [{name: other}]", "\x00"])
def test_a_config_without_the_application_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)

    with pytest.raises(InputError, match="--config"):
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
