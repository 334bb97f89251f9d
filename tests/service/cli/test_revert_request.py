"""`redtide revert --pr` and `--push`: the same through a server and over the store of this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.parser import build_parser
from service.cli.revert_request import _asked
from service.settings import Settings
from tests.service.cli.live_service import ANA, Live, live_service
from tests.service.cli.ran import RedTide
from tests.service.reverts.forge_state import TOKEN
from tests.service.reverts.scene import Remote, remote, settings_for
from tests.shop import PRICES, TRACE

ONE_DATABASE = True


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Remote]:
    with remote(tmp_path, "github") as running:
        yield running


@pytest.fixture
def at_forge(forge: Remote, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A service whose shop is at the forge."""
    for name, text in (("TOKEN", ANA), ("FORGE_TOKEN", TOKEN), ("GIT_TOKEN", TOKEN)):
        monkeypatch.setenv(f"REDTIDE_{name}", text)
    chosen = settings_for(settings, forge, tmp_path).model_copy(update={"poll_seconds": 0.05})
    with live_service(chosen) as running:
        yield running


@pytest.fixture
def blamed(at_forge: Live, forge: Remote, redtide: RedTide, tmp_path: Path) -> str:
    """An incident whose verdict names the commit that removed the guard."""
    (tmp_path / "trace.txt").write_text(TRACE)
    window = ("--base", forge.shop.shas["import"], "--deployed", forge.shop.shas["readme"])
    told = ("--trace", str(tmp_path / "trace.txt"), "--service", "shop", "--repository", "shop", *window)
    ran = redtide("alert", "--server", at_forge.url, "--quiet", *told)
    assert ran.status == 0, ran.err
    incident = ran.out.strip()
    assert redtide("watch", incident, "--server", at_forge.url, "--interval", "0.05").status == 0
    return incident


def test_a_pull_request_is_opened_and_asked_twice_it_is_the_same(
    redtide: RedTide, at_forge: Live, forge: Remote, blamed: str
) -> None:
    asked = ("revert", blamed, "--commit", forge.shop.culprit, "--server", at_forge.url)
    shown = redtide(*asked, "--pr", "--dry-run")
    assert (shown.status, "shop/prices.py" in shown.out, forge.pushed()) == (0, True, {})
    unasked = redtide(*asked, "--pr")
    assert (unasked.status, "--yes: missing" in unasked.err, forge.pushed()) == (2, True, {})
    for _ in range(2):
        ran = redtide(*asked, "--pr", "--yes")
        assert (ran.status, f"http://127.0.0.1:{forge.forge.port}/acme/shop/pull/1" in ran.out) == (0, True), ran.err
    ((branch, sha),) = forge.pushed().items()
    assert forge.text(sha, "shop/prices.py") == PRICES
    assert len(forge.forge.pulls) == 1
    assert branch in ran.out


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_shall_be_pushed_is_refused_before_anybody_hears_of_it(dry_run: bool) -> None:
    options = ["revert", "INC-1", "--push", *(["--dry-run"] if dry_run else [])]
    assert _asked(build_parser().parse_args(options))["executable"] is not dry_run


def test_over_the_store_of_this_machine_a_branch_is_pushed(
    redtide: RedTide, at_forge: Live, forge: Remote, blamed: str, tmp_path: Path
) -> None:
    config = tmp_path / "serve_config.yaml"
    args = json.loads(at_forge.settings.model_dump_json(exclude_defaults=True))
    config.write_text(json.dumps({"applications": [{"name": "redtide", "args": args}]}))
    ran = redtide("revert", blamed, "--commit", forge.shop.culprit, "--push", "--yes", "--config", str(config))
    assert ran.status == 0, ran.err
    ((branch, sha),) = forge.pushed().items()
    assert f"branch {branch} at {sha}" in ran.out
    assert forge.forge.pulls == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pr", "--push"), "not allowed with argument"),
        (("--pr", "--head", "main"), "--head: the service decides that"),
        (("--push", "--repo", "."), "--repo: the service decides that"),
    ],
)
def test_options_that_contradict_each_other_are_said(redtide: RedTide, options: tuple[str, ...], said: str) -> None:
    ran = redtide("revert", "INC-k7mq2wz4ab", *options)
    assert (ran.status, said in ran.err) == (2, True)
