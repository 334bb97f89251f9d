"""What a commit changed, against the real git command line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repositories import Change, build, git
from tools.git.changed_files import changed_files
from tools.git.diff import CommitDiff, DiffLimits, FileChange, commit_diff
from tools.git.repository import Repository

LINES = "".join(f"line {number}\n" for number in range(1, 41))


def last_diff(
    tmp_path: Path, *changes: Change, limits: DiffLimits | None = None, wanted: list[str] | None = None
) -> CommitDiff:
    built = build(tmp_path, changes)
    return commit_diff(Repository.open(built.path), built.shas[-1], limits=limits or DiffLimits(), wanted=wanted)


def only_file(diff: CommitDiff) -> FileChange:
    assert len(diff.files) == 1
    return diff.files[0]


def test_a_hunk_holds_both_sides_with_their_line_numbers(tmp_path: Path) -> None:
    before = "def f():\n    a = 1\n    b = 2\n    return a\n"
    after = "import os\ndef f():\n    a = 3\n    c = 4\n    return a\n"

    change = only_file(last_diff(tmp_path, {"files": {"f.py": before}}, {"files": {"f.py": after}}))

    top, inside = change.hunks
    assert (top.old_start, top.new_start, top.added, top.added_at) == (0, 1, ("import os",), (1,))
    assert (top.removed, top.removed_at) == ((), ())
    assert inside.removed == ("    a = 1", "    b = 2")
    assert inside.removed_at == (2, 3)
    assert inside.added == ("    a = 3", "    c = 4")
    assert inside.added_at == (3, 4)
    assert (inside.old_lines, inside.new_lines) == (2, 2)
    assert inside.header == "def f():"
    assert (change.added_lines, change.removed_lines, change.truncated) == (3, 2, False)


def test_a_root_commit_adds_everything(tmp_path: Path) -> None:
    diff = last_diff(tmp_path, {"files": {"a": "1\n2\n", "b/c": "3"}})
    assert [(file.old_path, file.path, file.added_lines) for file in diff.files] == [(None, "a", 2), (None, "b/c", 1)]


def test_added_and_deleted_files_lack_a_side(tmp_path: Path) -> None:
    diff = last_diff(tmp_path, {"files": {"a": "1\n"}}, {"files": {"a": None, "b": "something else\n"}})
    assert [(file.old_path, file.new_path) for file in diff.files] == [("a", None), (None, "b")]
    assert diff.files[0].hunks[0].removed == ("1",)


def test_a_moved_and_edited_file_is_one_change(tmp_path: Path) -> None:
    change = only_file(
        last_diff(
            tmp_path, {"files": {"a": LINES}}, {"files": {"a": None, "b/c": LINES.replace("line 7\n", "seven\n")}}
        )
    )
    assert (change.old_path, change.new_path) == ("a", "b/c")
    assert (change.hunks[0].removed, change.hunks[0].added) == (("line 7",), ("seven",))


def test_a_mass_move_is_paired_without_reading_files_and_keeps_its_edits(tmp_path: Path) -> None:
    count = 250  # too many to compare each with each
    before = {f"old/{number % 7}/f{number}.py": f"{number}\n{LINES}" for number in range(count)}
    moved = {name.replace("old/", "new/"): text for name, text in before.items()}
    moved["new/3/f3.py"] = moved["new/3/f3.py"].replace("line 9\n", "nine\n")

    diff = last_diff(tmp_path, {"files": before}, {"files": {**dict.fromkeys(before), **moved}})

    assert diff.file_count == count
    assert {(file.old_path, file.new_path) for file in diff.files} == set(zip(before, moved, strict=True))
    edited = [file for file in diff.files if file.hunks]
    assert [file.path for file in edited] == ["new/3/f3.py"]
    assert edited[0].hunks[0].added == ("nine",)


def test_a_merge_is_compared_with_its_first_parent(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a": "0\n"}}, {"files": {"a": "1\n"}}])
    git(built.path, "checkout", "-q", "-b", "side", built.shas[0])
    (built.path / "b").write_text("side\n")
    git(built.path, "add", "b")
    git(built.path, "commit", "-q", "-m", "side")
    git(built.path, "checkout", "-q", "main")
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    assert [file.path for file in commit_diff(Repository.open(built.path), "HEAD").files] == ["b"]


def test_binary_files_modes_links_and_submodules_have_no_hunks(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"image": b"\0\1", "run.sh": "#!/bin/sh\n", "a": "1\n"}}])
    git(built.path, "clone", "-q", str(built.path), str(tmp_path / "inner"))
    git(built.path, "submodule", "-q", "add", str(tmp_path / "inner"), "vendored")
    (built.path / "image").write_bytes(b"\0\2")
    (built.path / "run.sh").chmod(0o755)
    (built.path / "a").unlink()
    (built.path / "a").symlink_to("run.sh")
    git(built.path, "add", "-A")
    git(built.path, "commit", "-q", "-m", "everything odd")

    files = {file.path: file for file in commit_diff(Repository.open(built.path), "HEAD").files}

    assert files["image"].binary
    assert files["run.sh"].hunks == ()
    assert not files["run.sh"].truncated
    assert (files["vendored"].hunks, files["vendored"].old_path) == ((), None)
    assert files["a"].hunks[0].added == ("run.sh",)


def test_undecodable_and_very_long_lines_are_shown_as_far_as_possible(tmp_path: Path) -> None:
    content = b"caf\xe9 \x1b[31m\r\n" + b"x" * 50_000 + b"\nno newline at end"
    change = only_file(
        last_diff(tmp_path, {"files": {"a": b"def f\xe9():\n"}}, {"files": {"a": b"def f\xe9():\n" + content}})
    )
    assert change.hunks[0].added[0] == "caf\ufffd \x1b[31m"
    assert change.hunks[0].added[1] == "x" * 2_000
    assert change.hunks[0].added[2] == "no newline at end"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("if (a) {\n  b();\n}\n", "if (a)\n{\n\tb();\n}\n", True),
        ("a = 1\n", "a = 1\n\n\n", True),
        ("a = 1\n", "a = 2\n", False),
        ("a\nb\n", "b\na\n", False),
    ],
)
def test_changes_of_whitespace_alone_can_be_told(tmp_path: Path, before: str, after: str, expected: bool) -> None:
    change = only_file(last_diff(tmp_path, {"files": {"a": before}}, {"files": {"a": after}}))
    assert change.whitespace_only is expected


def test_a_huge_commit_names_every_file_reads_some_and_always_the_wanted(tmp_path: Path) -> None:
    files = {f"d{number % 50}/f{number}.txt": f"{number}\n{LINES}" for number in range(5_000)}
    built = build(tmp_path, [{"files": {"a": "1\n"}}, {"files": files}])
    repository = Repository.open(built.path)

    diff = commit_diff(repository, built.shas[1], wanted=["d49/f4999.txt"])

    assert diff.file_count == len(diff.files) == 5_000
    assert diff.truncated
    assert sum(bool(file.hunks) for file in diff.files) == DiffLimits().files
    assert next(file for file in diff.files if file.path == "d49/f4999.txt").added_lines == 41


def test_limits_cut_files_lines_and_oversized_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {"big": "x\n" * 300_000, "long": "y\n" * 900, "small": "z\n"}
    limits = DiffLimits(lines_per_file=100, lines_per_wanted_file=200)

    diff = last_diff(tmp_path, {"files": files}, limits=limits)
    wanted = commit_diff(Repository.open(tmp_path / "repository"), diff.sha, limits=limits, wanted=["big"])

    big, long, small = diff.files
    assert (big.truncated, big.hunks) == (True, ())
    assert (long.truncated, long.added_lines, len(long.hunks[0].added)) == (True, 900, 100)
    assert (small.truncated, small.added_lines) == (False, 1)
    assert (wanted.files[0].added_lines, len(wanted.files[0].hunks[0].added)) == (300_000, 200)


@pytest.mark.timeout(120)  # a comparison of every line with every other takes minutes
def test_hostile_pairs_of_files_are_compared_in_bounded_time(tmp_path: Path) -> None:
    before = "".join(f"{number * number % 7}\n" for number in range(100_000))
    after = "".join(f"{number * number % 11}\n" for number in range(100_000))
    built = build(tmp_path, [{"files": {"a": before}}, {"files": {"a": after}}])
    assert only_file(commit_diff(Repository.open(built.path), built.shas[1])).hunks


ContentStrategy = st.lists(st.sampled_from(["a", "b", "  b", "", "def f():", "é"]), max_size=12).map("\n".join)


@given(before=ContentStrategy, after=ContentStrategy)
@settings(max_examples=25, deadline=None)
def test_hunks_are_those_of_git_diff(before: str, after: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    built = build(
        tmp_path_factory.mktemp("pair"), [{"files": {"f": before, "g": ""}}, {"files": {"f": after, "g": "g"}}]
    )
    change = next((file for file in commit_diff(Repository.open(built.path), "HEAD").files if file.path == "f"), None)
    printed = git(built.path, "diff", "-U0", "HEAD~1", "HEAD", "--", "f").split("\n")
    theirs = [line[1:] for line in printed[4:] if line.startswith(("+", "-"))]
    ours = [line for hunk in (change.hunks if change else ()) for line in (*hunk.removed, *hunk.added)]
    assert ours == theirs


@given(
    trees=st.lists(
        st.dictionaries(st.sampled_from(["a", "a/b", "a/c/d", "e", "e/f", "g"]), st.sampled_from("123"), min_size=1),
        min_size=2,
        max_size=2,
    )
)
@settings(max_examples=25, deadline=None)
def test_changed_names_are_those_of_git_diff_tree(
    trees: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("trees")
    git(folder, "init", "-q", "--bare")
    commits = [_commit_of(folder, tree) for tree in trees]
    commit = git(folder, "commit-tree", "-p", commits[0], "-m", "x", f"{commits[1]}^{{tree}}")
    repository = Repository.open(folder)

    ours = {
        path
        for file in changed_files(repository, repository.raw_commit(commit))
        for path in (file.old_path, file.new_path)
    }

    theirs = git(folder, "diff-tree", "-r", "--no-renames", "--name-only", "--no-commit-id", commit)
    assert ours - {None} == set(theirs.split())


def _commit_of(folder: Path, files: dict[str, str]) -> str:
    """A commit with these files; a name that is also a folder is left out."""
    index = folder / "index"
    index.unlink(missing_ok=True)
    for name, text in files.items():
        if not any(other.startswith(name + "/") for other in files):
            (folder / "content").write_text(text * 30)
            blob = git(folder, "hash-object", "-w", str(folder / "content"))
            git(folder, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    return git(folder, "commit-tree", "-m", "x", git(folder, "write-tree"))
