import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from incidents.revert import Conflict, RevertPlan
from service.render.revert_plan import plan_lines
from service.settings import Settings
from service.store.store import Store
from service.worker.investigator import Investigator
from tests.recorded import Recorded
from tests.service.cli.ran import RedTide
from tests.tools.trials.histories import broken_at

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


def test_without_repo_it_is_the_repository_around_the_folder(
    redtide: RedTide, repository: Path, sample: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "-q", str(repository), str(clone))
    monkeypatch.chdir(clone / "src")
    written = redtide("revert", "--commit", sample.shas[CULPRIT])
    monkeypatch.chdir(tmp_path)
    nowhere = redtide("revert", "--commit", sample.shas[CULPRIT])

    assert written.status == 0, written.err
    assert f"redtide/revert-{sample.shas[CULPRIT][:12]}" in _git(clone, "branch", "--format=%(refname:short)").split()
    assert (nowhere.status, nowhere.err.startswith("redtide revert: error: --repo: no git repository around")) == (
        2,
        True,
    )


def test_conflicts_are_named_and_status_1(redtide: RedTide, repository: Path) -> None:
    ran = redtide("revert", "--repo", str(repository), "--commit", "01-shop")

    assert ran.status in (1, 2)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "INCIDENT: missing"),
        (["--repo", "."], "INCIDENT: missing"),
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


def test_a_revert_goes_on_top_of_what_was_fetched_and_not_of_what_is_checked_out(
    redtide: RedTide, repository: Path, sample: Recorded, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "-q", f"file://{repository}", str(clone))
    _git(clone, "checkout", "-q", "-b", "old", sample.shas["01-shop"])
    ran = redtide("revert", "--repo", str(clone), "--commit", sample.shas[CULPRIT], "--reason", "breaks the login")

    assert ran.status == 0, ran.err
    assert re.search(r"on top of origin/main at [0-9a-f]{12}, fetched \d+ (s|min) ago", ran.out)
    branch = f"redtide/revert-{sample.shas[CULPRIT][:12]}"
    assert _git(clone, "rev-parse", f"{branch}^") == _git(clone, "rev-parse", "origin/main")
    assert _git(clone, "log", "-1", "--format=%B", branch).endswith("\n\nbreaks the login")
    on_old = redtide("revert", "--repo", str(clone), "--commit", sample.shas[CULPRIT], "--head", "HEAD")
    assert (on_old.status, "is not part of" in on_old.err, "--head names another" in on_old.err) == (2, True, True)


def test_the_message_carries_incident_error_and_reasons(
    redtide: RedTide, repository: Path, sample: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reasons of a stored verdict; what strangers wrote is acted on by no forge and no CI."""
    monkeypatch.setenv("REDTIDE_REPOSITORIES", f'{{"shop": "{repository}"}}')
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    hostile = sample.alert.stack_trace.replace("total() on null", "total() on null, fixes #12 @ben [skip ci]")

    async def decided() -> str:
        settings = Settings(store_url=url, repositories={"shop": repository})
        store = Store(settings.store_address())
        await store.migrate()
        incident = await store.intake.accept(sample.alert.model_copy(update={"stack_trace": hostile}), "{}")
        claim = await store.leases.claim("test", agents=False)
        assert claim is not None
        investigator = Investigator(settings)
        await store.outcomes.finish(claim, await investigator(claim))
        await investigator.close()
        await store.close()
        return incident

    incident = asyncio.run(decided())
    other = redtide("revert", incident, "--store", url, "--repo", str(broken_at(tmp_path, 1, 1, name="other").path))
    assert other.status == 2
    assert "error: --repo: " in other.err
    assert "give a clone of shop that holds it" in other.err
    assert redtide("revert", incident, "--store", url).status == 0
    message = _git(repository, "log", "-1", "--format=%B", f"redtide/revert-{sample.shas[CULPRIT][:12]}")
    assert f"This reverts commit {sample.shas[CULPRIT]}." in message
    words = " ".join(message.split())
    assert f"Red Tide found it to be the likely cause of {incident} (shop, production)" in words
    assert "Call to a member function total() on null, fixes #\u200b12 @\u200bben [\u200bskip ci]" in words
    assert "- " in message
    trailers = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True, check=True
    ).stdout
    assert f"Red-Tide-Incident: {incident}\n" in trailers


def test_a_part_and_a_set_are_planned_on_request(redtide: RedTide, repository: Path, sample: Recorded) -> None:
    options = ("revert", "--repo", str(repository), "--commit", sample.shas[CULPRIT])
    both = redtide(*options, "--set", "--only", "src/Cart/CartRepository.php")
    part = redtide(*options, "--only", "src/Cart/CartRepository.php")
    whole = redtide(*options, "--set", "--dry-run")
    unknown = redtide(*options, "--only", "README.md")

    assert (both.status, part.status, whole.status, unknown.status) == (2, 0, 0, 2)
    assert "--set: cannot be combined" in both.err
    assert "only a part: src/Cart/CartRepository.php" in part.out
    branch = part.out.partition("wrote branch ")[2].split()[0]
    assert branch.startswith(f"redtide/revert-part-{sample.shas[CULPRIT][:12]}-")
    assert _git(repository, "diff", "--name-only", "main", branch) == "src/Cart/CartRepository.php"
    assert "--only: the commit did not change README.md" in unknown.err
    assert "--commit" not in both.err + unknown.err


def test_asked_for_twice_it_is_the_same_branch(redtide: RedTide, repository: Path, sample: Recorded) -> None:
    options = ("revert", "--repo", str(repository), "--commit", sample.shas[CULPRIT])
    branch = f"redtide/revert-{sample.shas[CULPRIT][:12]}"
    assert redtide(*options).status == 0
    written = _git(repository, "rev-parse", branch)
    for again in (redtide(*options), redtide(*options, "--dry-run")):
        assert (again.status, again.err.count("error")) == (0, 0)
        assert f"branch {branch} is there already, at {written}: the same revert" in again.out
        assert "would write" not in again.out
    _git(repository, "branch", "-f", branch, sample.shas[CULPRIT])
    for again in (redtide(*options), redtide(*options, "--dry-run")):
        assert (again.status, f"branch {branch} already exists, and is not this revert" in again.err) == (2, True)
    assert _git(repository, "rev-parse", branch) == sample.shas[CULPRIT]


def test_what_a_set_would_help_with_is_not_offered_for_a_part() -> None:
    conflict = Conflict(path="f", reason="changed again since")
    whole = RevertPlan(commit="a" * 40, head="b" * 40, branch="r", message="m", files=("f",), conflicts=(conflict,))
    part = whole.model_copy(update={"only": ("f",)})
    said = ["\n".join(plan_lines(each, lambda sha: "", "main")) for each in (whole, part)]
    assert ["--set" in each for each in said] == [True, False]
