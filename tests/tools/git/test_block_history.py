"""Who changed a block of lines, against `git blame --first-parent` over the whole history."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repositories import Built, Change, build, git
from tools.git.block_history import Block, BlockChange, BlockHistory
from tools.git.first_parents import FirstParents
from tools.git.repository import Repository


def versions(*texts: str) -> list[Change]:
    return [{"files": {"f": "".join(f"{line}\n" for line in text.split())}} for text in texts]


def history(built: Built, looks: int = 6_000) -> BlockHistory:
    repository = Repository.open(built.path)
    return BlockHistory(repository, FirstParents(repository, "HEAD"), looks)


def changes(built: Built, start: int, end: int, path: str = "f") -> list[BlockChange]:
    return list(history(built).changes(Block(path, start, end)))


def test_each_commit_that_changed_the_block_is_found_newest_first(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c d e", "a B c d e", "a B c d E", "x a B c d E", "x a B C d E"))
    found = changes(built, 3, 4)
    assert [each.sha for each in found] == [built.shas[number] for number in (4, 1, 0)]
    assert [each.back for each in found] == [0, 3, 4]
    assert [sorted(each.wrote) for each in found] == [[4], [3], []]
    assert [each.created for each in found] == [False, False, True]


def test_a_removed_line_inside_the_block_is_a_change_that_wrote_nothing(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b guard c", "a b c", "a b c d"))
    found = changes(built, 1, 3)
    assert (found[0].sha, sorted(found[0].wrote)) == (built.shas[1], [])
    assert found[1].block == Block("f", 1, 4)


def test_a_block_is_followed_through_the_renaming_of_its_file(tmp_path: Path) -> None:
    text = "".join(f"line {number} of the file\n" for number in range(30))
    built = build(
        tmp_path,
        [
            {"files": {"old": text}},
            {"files": {"old": text.replace("line 7", "LINE 7")}},
            {"files": {"old": None, "new": text.replace("line 7", "LINE 7")}},
            {"files": {"other": "x\n"}},
        ],
    )
    assert [each.sha for each in changes(built, 8, 8, "new")] == [built.shas[2], built.shas[1], built.shas[0]]


def test_ten_thousand_other_commits_cost_a_few_looks(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c", "a B c"))
    stream = "".join(
        f"commit refs/heads/main\ncommitter x <x> {1_700_010_000 + n} +0000\ndata 1\nx\n"
        + (f"from {built.shas[1]}\n" if n == 0 else "")
        + f"M 644 inline g\ndata {len(str(n))}\n{n}\n\n"
        for n in range(10_000)
    )
    command = ["git", "-C", str(built.path), "fast-import", "--quiet"]
    subprocess.run(command, input=stream.encode(), check=True)
    asked = history(built)
    found = list(asked.changes(Block("f", 2, 2)))
    assert [(each.sha, each.back) for each in found] == [(built.shas[1], 10_000), (built.shas[0], 10_001)]
    assert 6_000 - asked.looks < 100


def test_work_that_is_used_up_ends_the_search_and_is_seen(tmp_path: Path) -> None:
    built = build(tmp_path, versions(*(f"a b{number} c" for number in range(40))))
    asked = history(built, looks=30)
    assert 0 < len(list(asked.changes(Block("f", 2, 2)))) < 40
    assert asked.looks <= 0


@pytest.mark.parametrize("block", [Block("f", 9, 12), Block("gone", 1, 2), Block("../f", 1, 1)])
def test_a_block_that_is_not_there_has_no_history(tmp_path: Path, block: Block) -> None:
    built = build(tmp_path, versions("a b c", "a B c"))
    assert list(history(built).changes(block)) == []


def test_a_shallow_clone_ends_where_it_was_cut(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c", "a B c", "a B c d"))
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{built.path}", str(tmp_path / "clone"))
    assert changes(Built(tmp_path / "clone", built.shas), 2, 2) == []


LINES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=9, unique=True)


@settings(max_examples=25)
@given(st.lists(LINES, min_size=2, max_size=7), st.data())
def test_the_writer_of_each_line_is_the_one_of_git_blame(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], data: st.DataObject
) -> None:
    """Texts that come back are left out: what was changed and changed back counts as unchanged."""
    texts = [text for number, text in enumerate(texts) if text not in texts[:number]]
    seen: set[str] = set()
    marked = []
    for number, text in enumerate(texts):  # each line that is new gets a text of its own
        lines = [line if line in seen and number else f"{line}{number}" for line in text]
        marked.append(" ".join(lines))
        seen = set(lines)
    built = build(tmp_path_factory.mktemp("blame"), versions(*marked))
    line = data.draw(st.integers(1, len(marked[-1].split())))
    blamed = git(built.path, "blame", "--first-parent", "--porcelain", "-L", f"{line},{line}", "HEAD", "--", "f")[:40]
    writers = [each.sha for each in changes(built, line, line) if line in each.wrote or each.created]
    assert writers[:1] == [blamed]
