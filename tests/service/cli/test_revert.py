import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from service.settings import Settings
from service.store.store import Store
from tests.recorded import Recorded
from tests.service.cli.ran import RedTide

CULPRIT = "04-no-empty-carts"


@pytest.fixture
def repository(sample: Recorded, tmp_path: Path) -> Path:
    """A copy of the sample's repository that may be written to."""
    return Path(shutil.copytree(sample.repository, tmp_path / "shop.git"))


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_commit_is_reverted_on_a_new_branch_and_nothing_else_moves(
    redtide: RedTide, repository: Path, sample: Recorded
) -> None:
    before = _git(repository, "rev-parse", "HEAD")
    ran = redtide("revert", "--repo", str(repository), "--commit", sample.shas[CULPRIT])
    branches = _git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    assert ran.status == 0
    assert "src/Cart/CartRepository.php" in ran.out
    assert _git(repository, "rev-parse", "HEAD") == before
    assert len(branches) == 2
    branch = next(name for name in branches if name != "main")
    assert branch in ran.out
    assert _git(repository, "show", f"{branch}:src/Cart/CartRepository.php") == _git(
        repository, "show", "03-readme:src/Cart/CartRepository.php"
    )
    assert "still" not in ran.err


def test_a_dry_run_writes_nothing(redtide: RedTide, repository: Path, sample: Recorded) -> None:
    before = _git(repository, "for-each-ref")
    ran = redtide("revert", "--repo", str(repository), "--commit", sample.shas[CULPRIT], "--dry-run")

    assert ran.status == 0
    assert "dry run" in ran.out
    assert _git(repository, "for-each-ref") == before


def test_conflicts_are_named_and_status_1(redtide: RedTide, repository: Path) -> None:
    ran = redtide("revert", "--repo", str(repository), "--commit", "01-shop")

    assert ran.status in (1, 2)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "INCIDENT: missing"),
        (["--commit", "abc"], "INCIDENT: missing"),
        (["--repo", "/nowhere", "--commit", "abc"], "--repo: "),
    ],
)
def test_bad_input_is_one_line_and_status_2(redtide: RedTide, arguments: list[str], said: str) -> None:
    ran = redtide("revert", *arguments)

    assert ran.status == 2
    assert ran.err.startswith(f"redtide revert: error: {said}")
    assert len(ran.err.splitlines()) == 1


def test_an_unknown_commit_is_told(redtide: RedTide, repository: Path) -> None:
    ran = redtide("revert", "--repo", str(repository), "--commit", "feedbeef")

    assert ran.status == 2
    assert "--commit: " in ran.err


def test_an_incident_is_looked_up_in_the_store(
    redtide: RedTide, repository: Path, sample: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"

    async def opened() -> str:
        store = Store(Settings(store_url=url).store_address())
        await store.migrate()
        incident = await store.intake.accept(sample.alert, "{}")
        await store.close()
        return incident

    incident = asyncio.run(opened())
    unknown = redtide("revert", "INC-nobody", "--store", url)
    undecided = redtide("revert", incident, "--store", url)
    elsewhere = redtide("revert", incident, "--store", url, "--commit", CULPRIT)
    monkeypatch.setenv("REDTIDE_REPOSITORIES", f'{{"shop": "{repository}"}}')
    planned = redtide("revert", incident, "--store", url, "--commit", CULPRIT, "--dry-run")

    assert (unknown.status, undecided.status, elsewhere.status, planned.status) == (2, 2, 2, 0)
    assert "no incident has the id" in unknown.err
    assert "names no culprit" in undecided.err
    assert "no path is known for repository 'shop'" in elsewhere.err
    assert "checkout: keep no cart for visitors" in planned.out
