"""A blame that never looks past the window, against `git blame base..deployed`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import InputError
from tests.repositories import Built, Change, build, extend, git
from tools.git.blame import BlamedLine, window_blame
from tools.git.repository import Repository


def versions(*texts: str, path: str = "f") -> list[Change]:
    return [{"files": {path: "".join(f"{line}\n" for line in text.split())}} for text in texts]


def blame(built: Built, path: str = "f", lines: Sequence[int] = range(1, 200), base: int = 0) -> dict[int, BlamedLine]:
    repository = Repository.open(built.path)
    return window_blame(repository, repository.window(built.shas[base], "HEAD"), "HEAD", path, lines)


def git_blame(path: Path, base: str, file: str) -> dict[int, tuple[str, str, int]]:
    """line -> (sha, the file's name and the line's number there), lines older than base left out."""
    blamed, boundary, names = {}, set(), {}
    sha = ""
    for text in git(path, "blame", "--porcelain", "--first-parent", f"{base}..HEAD", "--", file).split("\n"):
        words = text.split(" ")
        if len(words) >= 3 and len(words[0]) == 40 and words[1].isdigit() and words[2].isdigit():
            sha = words[0]
            blamed[int(words[2])] = (sha, int(words[1]))
        elif text == "boundary":
            boundary.add(sha)
        elif words[0] == "filename":
            names[sha] = words[1]
    return {line: (sha, names[sha], at) for line, (sha, at) in blamed.items() if sha not in boundary}


def test_a_line_belongs_to_the_last_commit_that_wrote_it(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c d", "a B c d", "new a B c d", "new a B c D"))
    assert blame(built) == {
        1: BlamedLine(built.shas[2], "f", 1),
        3: BlamedLine(built.shas[1], "f", 2),
        5: BlamedLine(built.shas[3], "f", 5),
    }


def test_lines_older_than_the_window_or_not_in_the_file_are_absent(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c d e f g h", "a b c d e f g H", "a b c"))
    assert blame(built, lines=[-1, 0, 1, 3, 8, 10**9]) == {}
    assert blame(built, path="nothing") == {}
    assert blame(built, path="../f") == {}
    assert blame(built, base=2) == {}


def test_a_file_born_in_the_window_belongs_to_who_brought_it(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"x": "x\n"}}, *versions("a b", "a B")])
    assert blame(built) == {1: BlamedLine(built.shas[1], "f", 1), 2: BlamedLine(built.shas[2], "f", 2)}


def test_lines_are_followed_through_renames(tmp_path: Path) -> None:
    body = " ".join(f"line{number}" for number in range(20))
    text, edited = (f"{body}\n".replace(" ", "\n"), f"{body}\n".replace(" ", "\n").replace("line5\n", "five\n"))
    moved = edited.replace("line9\n", "nine\n")
    built = build(
        tmp_path,
        [{"files": {"old/f": text}}, {"files": {"old/f": edited}}, {"files": {"old/f": None, "new/g": moved}}],
    )
    assert blame(built, "new/g") == {
        6: BlamedLine(built.shas[1], "old/f", 6),
        10: BlamedLine(built.shas[2], "new/g", 10),
    }
    assert git_blame(built.path, built.shas[0], "new/g") == {k: tuple(v) for k, v in blame(built, "new/g").items()}


def test_a_merge_is_blamed_for_what_it_brings_in(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c d e f", "A b c d e f"))
    git(built.path, "checkout", "-q", "-b", "side", built.shas[0])
    extend(built.path, versions("a b c d e F"))
    git(built.path, "checkout", "-q", "main")
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    merge = git(built.path, "rev-parse", "HEAD")
    assert {line: found.sha for line, found in blame(built).items()} == {1: built.shas[1], 6: merge}


def test_binary_and_oversized_versions_end_the_search(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": "a\n"}}, {"files": {"f": b"\0"}}, *versions("a b", "a B")])
    assert blame(built) == {2: BlamedLine(built.shas[3], "f", 2)}


def test_a_window_of_another_revision_is_refused(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a", "b", "c"))
    repository = Repository.open(built.path)
    window = repository.window(built.shas[0], built.shas[1])
    with pytest.raises(InputError, match="not with the deployed revision"):
        window_blame(repository, window, "HEAD", "f", [1])


Edit = tuple[int, int, int]  # where, how many lines to remove, how many to insert
edits = st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 4))


@given(history=st.lists(st.tuples(st.lists(edits, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_every_line_is_blamed_as_git_blames_it(
    history: list[tuple[list[Edit], bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [f"first {number}" for number in range(30)]
    path = "f0"
    changes: list[Change] = [{"files": {path: "\n".join(lines) + "\n"}}]
    for number, (changed, renamed) in enumerate(history, start=1):
        for index, (at, removed, added) in enumerate(changed):  # every line is its own: no diff is ambiguous
            lines[at : at + removed] = [f"{number} {index} {inserted}" for inserted in range(added)]
        files: dict[str, str | bytes | None] = {path: None} if renamed else {}
        path = f"f{number}" if renamed else path
        changes.append({"files": {**files, path: "".join(f"{line}\n" for line in lines)}})
    built = build(tmp_path_factory.mktemp("history"), changes)

    ours = {line: tuple(found) for line, found in blame(built, path).items()}

    assert ours == git_blame(built.path, built.shas[0], path)
