"""`redtide investigate --trace error.log` inside a repository: what is taken for the rest, and how to say otherwise."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import FOLDERS, load
from tests.repositories import Built, Change, build, git
from tests.service.cli.ran import Ran, RedTide
from tests.service.cli.shop_repository import TRACE, shop


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The shop, which is the current folder."""
    built = shop(tmp_path)
    monkeypatch.chdir(built.path)
    return built


@pytest.fixture
def log(tmp_path: Path) -> str:
    file = tmp_path / "error.log"
    file.write_text(TRACE)
    return str(file)


def asked(redtide: RedTide, log: str, *arguments: str) -> dict[str, Any]:
    ran = redtide("investigate", *arguments, "--trace", log, "--no-model", "--json")
    assert ran.status == 0, ran.err
    return {**json.loads(ran.out), "said": ran.err}


def refused(ran: Ran) -> str:
    """The one line of a refusal."""
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), ran
    return ran.err


def test_the_log_alone_is_enough(redtide: RedTide, built: Built, log: str) -> None:
    told = asked(redtide, log)
    assert (told["base"], told["deployed"]) == (built.shas[3], built.shas[5])
    assert told["culprit"] == built.shas[5]
    assert told["said"] == "HEAD against v1.1, 2 commits; --base chooses another\n"


def test_a_subfolder_is_in_the_repository_too(
    redtide: RedTide, built: Built, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.path / "shop")
    assert asked(redtide, log)["culprit"] == built.shas[5]


def test_no_repository_around_is_one_line(
    redtide: RedTide, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "--repo: no git repository around" in refused(redtide("investigate", "--trace", log))


def test_a_tagged_head_is_called_by_its_tag_and_compared_with_the_tag_before(
    redtide: RedTide, built: Built, log: str
) -> None:
    git(built.path, "tag", "v1.2")
    assert asked(redtide, log)["said"].startswith("v1.2 against v1.1, 2 commits;")


def test_a_repository_without_a_head_takes_its_newest_tag(redtide: RedTide, built: Built, log: str) -> None:
    git(built.path, "tag", "v1.2")
    git(built.path, "symbolic-ref", "HEAD", "refs/heads/never")
    told = asked(redtide, log)
    assert told["deployed"] == built.shas[5]
    assert told["said"].startswith("v1.2 against v1.1, ")


def test_without_tags_it_is_the_last_thirty_commits_or_all_there_are(redtide: RedTide, built: Built, log: str) -> None:
    git(built.path, "tag", "-d", "v1.0", "v1.1")
    told = asked(redtide, log)
    assert told["base"] == built.shas[0]
    assert told["said"] == f"HEAD against {built.shas[0][:12]}, 5 commits; --base chooses another\n"


def test_a_release_branch_is_compared_with_the_newest_tag_it_holds(redtide: RedTide, built: Built, log: str) -> None:
    git(built.path, "tag", "-d", "v1.0", "v1.1")
    git(built.path, "switch", "-q", "-c", "release", built.shas[2])
    git(built.path, "commit", "-q", "--allow-empty", "-m", "release notes")
    git(built.path, "tag", "v1.1")
    git(built.path, "switch", "-q", "main")
    git(built.path, "merge", "-q", "--no-edit", "release")
    assert asked(redtide, log)["said"].startswith("HEAD against v1.1, ")


@pytest.mark.parametrize(
    ("options", "base", "deployed", "said"),
    [
        (["v1.0..v1.1"], 1, 3, ""),
        (["v1.0.."], 1, 5, "HEAD against v1.0, 4 commits; --deployed chooses another\n"),
        (["..v1.1"], 1, 3, "v1.1 against v1.0, 2 commits; --base chooses another\n"),
        (["--base", "v1.0"], 1, 5, "HEAD against v1.0, 4 commits; --deployed chooses another\n"),
        (["--last", "1"], 4, 5, "HEAD against {base}, 1 commit; --deployed chooses another\n"),
        (["--last", "3", "--deployed", "v1.1"], 0, 3, "v1.1 against {base}, 3 commits; --deployed chooses another\n"),
        (["--last", "999"], 0, 5, "HEAD against {base}, 5 commits; --deployed chooses another\n"),
    ],
)
def test_the_options_say_otherwise(
    redtide: RedTide, built: Built, log: str, options: list[str], base: int, deployed: int, said: str
) -> None:
    told = asked(redtide, log, *options)
    assert (told["base"], told["deployed"]) == (built.shas[base], built.shas[deployed])
    assert told["said"] == said.format(base=built.shas[base][:12])


@pytest.mark.parametrize(("since", "base"), [("2h", 3), ("170 minutes", 2), ("3 hours ago", 2), ("4w", 0)])
def test_since_takes_what_was_committed_since(redtide: RedTide, built: Built, log: str, since: str, base: int) -> None:
    assert asked(redtide, log, "--since", since)["base"] == built.shas[base]


def test_since_counts_back_from_when_the_error_was_first_seen(redtide: RedTide, built: Built, log: str) -> None:
    told = asked(redtide, log, "--since", "2000-01-01", "--first-seen", "2026-11-23T10:50:00Z")
    assert told["base"] == built.shas[0]


def test_an_error_from_before_every_commit_but_the_first_is_none_of_a_known_deploy(
    redtide: RedTide, tmp_path: Path, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, now, day = "def total(cart):\n    return cart.sum + {}\n", int(time.time()), 86_400
    changes: list[Change] = [{"files": {"shop/cart.py": text.format(ago)}, "at": now - ago * day} for ago in (30, 2, 1)]
    monkeypatch.chdir(build(tmp_path, changes, name="young").path)
    seen = datetime.fromtimestamp(now - 20 * day, UTC).isoformat()
    ran = redtide("investigate", "--trace", log, "--no-model", "--first-seen", seen)
    assert "Not enough to tell" in ran.out
    assert "No commit of this deploy" not in ran.out
    assert "99%" not in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--base", "v1.0.0"], "--base: the repository has no commit 'v1.0.0'"),
        (["--base", "v1.0.0"], "; did you mean v1.0"),
        (["--base", "release-1.1"], "; did you mean v1.1?"),
        (["--deployed", "nothing-like-it"], "`git fetch --tags` brings what is missing"),
        (["--base", "HEAD", "--deployed", "v1.0"], "the two are swapped; give --base v1.0 --deployed HEAD"),
        (["HEAD..v1.0"], "A..B: base HEAD is not an ancestor"),
        (["HEAD..v1.0"], "the two are swapped; give v1.0..HEAD"),
        (["v1.00.."], "A..B: the repository has no commit 'v1.00'; did you mean v1.0 or v1.1?"),
        (["--base", "v1.1", "--deployed", "v1.1"], "--base: the window is empty: v1.1 and v1.1 are the same commit"),
        (["v1.1..HEAD~2"], "A..B: the window is empty"),
        (["--since", "1m"], "--since: no commit since "),
        (["--since", "1m"], "; give a longer time, or --last 30"),
        (["--since", "soon"], "--since: 'soon' is no time; give 2h, 3d, "),
        (["--since", "2h", "--last", "3"], "--last: cannot be combined with --since; give one of them"),
        (["v1.0..v1.1", "--base", "v1.0"], "--base: cannot be combined with A..B; give one of them"),
        (["v1.0"], "A..B: 'v1.0' is no range; give it as v1.4..v1.5"),
        (["v1.0...v1.1"], "A..B: 'v1.0...v1.1' is no range"),
        ([".."], "A..B: '..' is no range"),
        (["--last", "0"], "--last: give a number of commits from 1 to 100000"),
        (["--deployed", "HEAD~5"], "--deployed: "),
        (["--store", "typo"], "error: --store: not an SQLAlchemy URL of SQLite or PostgreSQL"),
        (["--last", "3", "--store", "sqlite:////no/where.sqlite3"], "--store: no such file: '/no/where.sqlite3'"),
        (["--first-seen", "tomorrow"], "--first-seen: 'tomorrow' is no time; give a time with its offset"),
    ],
)
def test_a_window_that_cannot_be_is_one_line_with_the_remedy(
    redtide: RedTide, built: Built, log: str, options: list[str], said: str
) -> None:
    assert said in refused(redtide("investigate", *options, "--trace", log, "--no-model"))


@pytest.mark.parametrize("command", ["investigate", "blame"])
def test_a_repository_without_a_commit_is_called_so(
    redtide: RedTide, tmp_path: Path, log: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")
    monkeypatch.chdir(tmp_path / "new")
    assert "has no commit yet; give another repository with --repo" in refused(redtide(command, "--trace", log))


def test_a_head_that_names_no_branch_is_answered_with_one_that_is_there(
    redtide: RedTide, built: Built, log: str
) -> None:
    git(built.path, "tag", "-d", "v1.0", "v1.1")
    git(built.path, "symbolic-ref", "HEAD", "refs/heads/never")
    assert "--deployed: HEAD names no commit; give the failing revision, such as main" in refused(
        redtide("investigate", "--trace", log)
    )


def test_a_branch_beside_has_no_window(redtide: RedTide, built: Built, log: str) -> None:
    git(built.path, "switch", "-q", "-c", "other", "v1.0")
    git(built.path, "commit", "-q", "--allow-empty", "-m", "other")
    git(built.path, "switch", "-q", "main")
    assert "not an ancestor" in refused(redtide("investigate", "other..main", "--trace", log, "--no-model"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_log_alone_gives_the_recorded_answer(
    redtide: RedTide, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each recorded incident: its last good revision is tagged, and what failed is checked out."""
    recorded = load(folder, tmp_path)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-tags", str(recorded.repository), str(clone))
    git(clone, "checkout", "-q", recorded.deployed)
    git(clone, "tag", "v2026.11.27", recorded.base)
    monkeypatch.chdir(clone)
    ran = redtide("investigate", "--trace", str(folder / "trace.txt"), "--json")
    told = json.loads(ran.out)
    in_full = ["--repo", str(recorded.repository), "--base", recorded.base, "--deployed", recorded.deployed]
    said = json.loads(redtide("investigate", *in_full, "--trace", str(folder / "trace.txt"), "--json").out)
    assert (told["base"], told["deployed"]) == (recorded.base, recorded.deployed)
    assert [told[name] for name in ("outcome", "culprit", "suspects")] == [
        said[name] for name in ("outcome", "culprit", "suspects")
    ]
    if recorded.expected.actual is None:  # not one of those that are known to be wrong
        assert recorded.name(told["culprit"]) == recorded.expected.culprit
    assert "against v2026.11.27, " in ran.err
