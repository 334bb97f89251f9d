"""What was undone inside a window, proven by content."""

from pathlib import Path

from tests.repositories import Built, Change, build, extend, git
from tools.git.repository import Repository
from tools.git.reverted import reverted_in_window, undone_share

LINES = [f"line {number}" for number in range(1, 31)]


def text(**changed: str) -> str:
    """Thirty lines, some of them changed: text(l3="three")."""
    return "".join(f"{changed.get(f'l{number}', line)}\n" for number, line in enumerate(LINES, start=1))


def reverted(built: Built, base: int = 0) -> dict[str, str]:
    repository = Repository.open(built.path)
    return reverted_in_window(repository, repository.window(built.shas[base], "HEAD"))


def started(tmp_path: Path, *changes: Change) -> Built:
    return build(tmp_path, [{"files": {"f": text(), "g": text()}}, *changes])


def test_git_revert_is_recognised_by_the_id_in_its_message(tmp_path: Path) -> None:
    built = started(tmp_path, {"files": {"f": text(l3="three"), "g": text(l9="nine")}, "message": "Add feature"})
    extend(built.path, [{"files": {"f": text(l3="three", l20="twenty")}}])
    git(built.path, "revert", "--no-edit", built.shas[1])
    assert reverted(built) == {built.shas[1]: git(built.path, "rev-parse", "HEAD")}


def test_a_short_id_a_title_or_a_number_is_claim_enough(tmp_path: Path) -> None:
    later = {"f": text(l20="twenty")}
    for number, message in enumerate(
        [
            "Back out {short}, it broke",
            'Revert "Add feature (#7)" (#9)',
            "revert: Add feature",
            "Revert #7",
            "Reverts o/r#7",
        ]
    ):
        built = build(
            tmp_path,
            [
                {"files": {"f": text()}},
                {"files": {"f": text(l3="three")}, "message": "Add feature (#7)"},
                {"files": {"f": text(l3="three", l20="twenty")}, "message": "Other"},
            ],
            name=f"repository{number}",
        )
        undo = extend(built.path, [{"files": later, "message": message.format(short=built.shas[1][:8])}])[0]
        assert reverted(built) == {built.shas[1]: undo}, message


def test_a_message_alone_proves_nothing(tmp_path: Path) -> None:
    built = started(tmp_path, {"files": {"f": text(l3="three", l4="four", l5="five")}, "message": "Add feature"})
    claim = f'Revert "Add feature"\n\nThis reverts commit {built.shas[1]}.'
    extend(built.path, [{"files": {"f": text(l3="three", l4="four", l5="line 5")}, "message": claim}])
    extend(built.path, [{"files": {"other": "x\n"}, "message": claim}])
    assert reverted(built) == {}


def test_content_put_back_without_a_word_is_a_revert(tmp_path: Path) -> None:
    built = started(
        tmp_path,
        {"files": {"f": text(l3="three")}},
        {"files": {"g": text(l3="three")}},
        {"files": {"f": text(), "h": "and more\n"}, "message": "Clean up"},
    )
    assert reverted(built) == {built.shas[1]: built.shas[3]}


def test_a_revert_with_a_conflict_resolved_by_hand_still_counts(tmp_path: Path) -> None:
    many = {f"l{number}": f"new {number}" for number in range(1, 21)}
    built = started(tmp_path, {"files": {"f": text(**many)}, "message": "Add feature"})
    undo = extend(
        built.path, [{"files": {"f": text(l20="kept by hand")}, "message": f"This reverts commit {built.shas[1]}."}]
    )
    repository = Repository.open(built.path)
    assert 0.9 <= undone_share(repository, built.shas[1], undo[0]) < 1
    assert reverted(built) == {built.shas[1]: undo[0]}


def test_a_reverted_revert_leaves_the_first_commit_standing(tmp_path: Path) -> None:
    built = started(tmp_path, {"files": {"f": text(l3="three")}, "message": "Add feature"})
    git(built.path, "revert", "--no-edit", "HEAD")
    revert = git(built.path, "rev-parse", "HEAD")
    again = extend(built.path, [{"files": {"f": text(l3="three")}, "message": 'Reapply "Add feature"'}])[0]
    assert reverted(built) == {revert: again}

    git(built.path, "revert", "--no-edit", "HEAD")
    last = git(built.path, "rev-parse", "HEAD")
    assert reverted(built) == {again: last, built.shas[1]: last}


def test_a_merged_branch_that_reverts_a_merged_branch_is_recognised(tmp_path: Path) -> None:
    built = started(tmp_path)
    for branch, files in (("work", {"f": text(l3="three")}), ("undo", {"f": text(l20="twenty")})):
        git(built.path, "checkout", "-q", "-b", branch)
        message = 'Revert "work on it"' if branch == "undo" else "work on it"
        extend(built.path, [{"files": files, "message": message}])
        git(built.path, "checkout", "-q", "main")
        git(built.path, "merge", "-q", "--no-ff", "-m", f"Merge {branch}", branch)
        if branch == "work":
            extend(built.path, [{"files": {"f": text(l3="three", l20="twenty")}}])
    merges = git(built.path, "rev-list", "--first-parent", "--merges", "HEAD").split()
    assert reverted(built) == {merges[1]: merges[0]}


def test_renames_binary_files_and_deletions_can_be_reverted(tmp_path: Path) -> None:
    built = started(
        tmp_path,
        {"files": {"f": None, "moved": text(), "image": b"\0\1", "g": None}, "message": "Odd things"},
        {"files": {"h": "x\n"}},
    )
    git(built.path, "revert", "--no-edit", built.shas[1])
    assert reverted(built) == {built.shas[1]: git(built.path, "rev-parse", "HEAD")}


def test_two_changes_of_a_mode_or_a_submodule_do_not_look_like_reverts(tmp_path: Path) -> None:
    built = started(tmp_path)
    for number, mode in enumerate((0o755, 0o644)):
        (built.path / "f").chmod(mode)
        git(built.path, "commit", "-q", "-a", "-m", f"mode {number}")
    for number in range(2):
        git(built.path, "update-index", "--add", "--cacheinfo", f"160000,{built.shas[0][:39]}{number},vendored")
        git(built.path, "commit", "-q", "-m", f"bump {number}")
    assert reverted(built) == {}


def test_hostile_messages_come_to_an_end(tmp_path: Path) -> None:
    nasty = "revert " + " " * 200_000 + "\n" + "revert: " * 20_000 + '"' * 50_000 + " (#1)" * 20_000
    changes: list[Change] = [{"files": {"n": f"{number}\n"}, "message": nasty} for number in range(5)]
    built = started(tmp_path, *changes)
    repository = Repository.open(built.path)
    window = repository.window(built.shas[0], "HEAD")
    assert reverted_in_window(repository, window) == {}  # a search that grows with the square would take hours
