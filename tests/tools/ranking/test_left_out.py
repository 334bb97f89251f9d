"""Commits that cannot be read are named one by one, with why, and are no proof of anything."""

from pathlib import Path

from incidents.evidence import RuledOut
from tests.repositories import Built, build, extend, git
from tests.tools.ranking.impacts import commit, facts
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.ranking.left_out import hidden, left_out, notes, unreadable

CUT = "the history ends there, before the base"


def opened(built: Built) -> PartialRepository:
    return PartialRepository(Repository.open(built.path).raw)


def made(folder: Path, commits: int = 4) -> Built:
    return build(
        folder, [{"files": {f"shop/{folder.name}{number}.py": f"x = {number}\n"}} for number in range(commits)]
    )


def remove(built: Built, sha: str) -> None:
    (built.path / ".git" / "objects" / sha[:2] / sha[2:]).unlink()


def test_a_commit_whose_files_are_missing_cannot_be_compared_nor_can_the_one_after_it(tmp_path: Path) -> None:
    built = made(tmp_path)
    tree = git(built.path, "rev-parse", f"{built.shas[1]}^{{tree}}")
    remove(built, tree)
    repository = opened(built)
    window = repository.window(built.shas[0], built.shas[3])
    assert unreadable(repository, built.shas[0], built.shas[3], window) == {
        sha: f"the files changed by {sha}: objects are missing or damaged ('{tree}')" for sha in built.shas[1:3]
    }


def test_a_gap_in_the_history_is_said_of_the_first_commit_after_it(tmp_path: Path) -> None:
    built = made(tmp_path)
    remove(built, built.shas[1])
    repository = opened(built)
    window = repository.window(built.shas[0], built.shas[3])
    first, second = built.shas[1:3]
    assert unreadable(repository, built.shas[0], built.shas[3], window) == {
        first: f"the repository has no commit '{first}'; {CUT}",
        second: f"commit {first}: objects are missing or damaged ('{first}')",
    }


def test_a_first_commit_that_can_be_read_is_cut_off_where_the_base_lies_elsewhere(tmp_path: Path) -> None:
    built = made(tmp_path)
    git(built.path, "checkout", "-q", "--orphan", "other")
    (alone,) = extend(built.path, [{"files": {"shop/alone.py": "x = 1\n"}}])
    repository = opened(built)
    window = [repository.commit(alone)]
    assert unreadable(repository, built.shas[0], alone, window) == {alone: f"it has no parent; {CUT}"}


def test_a_first_commit_without_a_parent_is_no_gap_where_the_base_is_there(tmp_path: Path) -> None:
    built = made(tmp_path)
    repository = opened(built)
    root = repository.commit(built.shas[0])
    assert unreadable(repository, built.shas[0], built.shas[3], [root]) == {}
    assert unreadable(repository, built.shas[0], built.shas[3], repository.window(built.shas[0], built.shas[3])) == {}


def test_a_long_reason_is_cut(tmp_path: Path) -> None:
    built = made(tmp_path)
    repository = opened(built)
    nowhere = "n" * 150
    window = [repository.commit(built.shas[1]), commit(nowhere)]
    assert unreadable(repository, built.shas[0], built.shas[3], window) == {
        nowhere: f"the repository has no commit '{nowhere}'"[:160]
    }


def test_who_changed_the_failing_file_out_of_sight_is_named() -> None:
    why = "what it changed in a file of the trace is binary, too large or not there"
    assert hidden([facts("a"), facts("b", unread_at_site=True), facts("c", unread_at_site=True)]) == {
        "b": why,
        "c": why,
    }


def test_what_was_left_out_is_in_the_ledger_as_unread_unless_something_clears_it() -> None:
    window = [commit(sha) for sha in "abc"]
    told = left_out(window, {"c": "too large", "a": "not there"}, {"c": "never shipped", "b": "never shipped"})
    assert told == (
        RuledOut(commit=window[0], reason="could not be read: not there", kind="unread"),
        RuledOut(commit=window[2], reason="never shipped", kind="fact"),
    )


def test_a_report_names_five_commits_and_counts_the_rest() -> None:
    unread = {f"{number}" * 12: f"reason {number}" for number in range(7)}
    named = tuple(f"Commit {f'{number}' * 9} could not be read: reason {number}." for number in range(5))
    assert notes(unread, ()) == (*named, "2 more commits could not be read.")
    assert notes(dict(list(unread.items())[:5]), ()) == named
    assert notes({}, ()) == ()
    same = dict.fromkeys(list(unread)[:2], "too large")
    assert notes(same, ()) == ("Commits 000000000, 111111111 could not be read: too large.",)


def test_a_report_names_five_folders_in_order_and_not_at_length() -> None:
    said = "Folders of the deployed revision could not be read in full: "
    assert notes({}, ["f", "b", "c", "a", "e", "d"]) == (f"{said}a, b, c, d, e.",)
    assert notes({}, ["x" * 200]) == (f"{said}{'x' * 160}.",)
