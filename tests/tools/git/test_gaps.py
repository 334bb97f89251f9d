"""One diff stands for the commits that are left out: line numbers come out as if all of them had been read."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repositories import Built, Change, build
from tools.commits.analysis import read_commit
from tools.commits.touched_lines import touches_of
from tools.git.gaps import Gaps
from tools.git.repository import Repository


def versions(*texts: str) -> list[Change]:
    return [{"files": {"f.py": "".join(f"{line}\n" for line in text.split())}} for text in texts]


def lines_touched(built: Built, chosen: list[int]) -> dict[str, list[tuple[int, bool, str]]]:
    """sha -> (deployed line, survives, text) of what each of the chosen commits added to the file."""
    repository = Repository.open(built.path)
    read = [read_commit(repository, built.shas[number], ["f.py"]) for number in chosen]
    length = (built.path / "f.py").read_text().count("\n") + 1
    found = touches_of(read, "f.py", length, between=Gaps(repository, "HEAD").between)
    return {each.sha: [(row.line, row.survives, row.text) for row in each.lines if row.added] for each in found}


def test_lines_that_were_pushed_down_later_keep_their_number_as_deployed(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c", "a new b c", "x y a new b c", "x y z a new b c"))
    assert lines_touched(built, [1]) == {built.shas[1]: [(5, True, "new")]}
    assert lines_touched(built, [1, 2, 3])[built.shas[1]] == [(5, True, "new")]


def test_a_line_that_was_overwritten_in_the_gap_does_not_survive(tmp_path: Path) -> None:
    built = build(tmp_path, versions("a b c", "a new b c", "a newer b c", "z a newer b c"))
    assert lines_touched(built, [1]) == {built.shas[1]: [(4, False, "new")]}


def test_a_file_that_had_another_name_before_the_gap_is_followed_no_further(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        [*versions("a b c", "a B c"), {"files": {"f.py": None, "g.py": "a\nB\nc\n"}}, {"files": {"f.py": "other\n"}}],
    )
    assert Gaps(Repository.open(built.path), "HEAD").between(built.shas[1], "", "g.py") is not None
    assert lines_touched(built, [1, 3])[built.shas[3]] == [(1, True, "other")]


LINES = st.lists(st.sampled_from("abcdefghijk"), min_size=1, max_size=9, unique=True)
ORDERED = LINES.map(lambda lines: " ".join(sorted(lines)))
MIXED = LINES.map(" ".join)


@settings(max_examples=20)
@given(st.lists(ORDERED, min_size=3, max_size=6, unique=True), st.data())
def test_surviving_lines_are_where_they_are_when_every_commit_is_read(texts: list[str], data: st.DataObject) -> None:
    """Where a line came and went in the gap, one diff may see it as never gone: those are left out.

    The lines keep their order: of two that change places, a diff may keep either.
    """
    with tempfile.TemporaryDirectory() as name:
        built = build(Path(name), versions(*texts))
        chosen = data.draw(st.integers(1, len(texts) - 1))
        alone = lines_touched(built, [chosen]).get(built.shas[chosen], [])
        whole = lines_touched(built, list(range(1, len(texts)))).get(built.shas[chosen], [])
        assert {row for row in whole if row[1]} <= set(alone)


@settings(max_examples=20)
@given(st.lists(MIXED, min_size=3, max_size=6, unique=True), st.data())
def test_what_is_said_to_survive_stands_there(texts: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        built = build(Path(name), versions(*texts))
        chosen = data.draw(st.integers(1, len(texts) - 1))
        final = texts[-1].split()
        for numbers in ([chosen], list(range(1, len(texts)))):
            for line, survives, text in lines_touched(built, numbers).get(built.shas[chosen], []):
                assert not survives or final[line - 1] == text
