import time
from pathlib import Path

import pytest

from tests.repositories import build
from tools.commits.analysis import ReadCommit
from tools.commits.line_novelty import Novelty
from tools.commits.touched_lines import Touch, touches_of
from tools.git.diff import CommitDiff, FileChange, Hunk, commit_diff
from tools.git.repository import Repository


def _touches(folder: Path, versions: list[dict[str, str | None]], path: str) -> dict[int, Touch]:
    """Commit number -> its touch of `path`, over every commit after the first."""
    built = build(folder, [{"files": files} for files in versions])
    repository = Repository.open(built.path)
    read = [ReadCommit(commit_diff(repository, sha)) for sha in built.shas[1:]]
    text = repository.text(built.shas[-1], path)
    assert text is not None
    numbers = {sha: number for number, sha in enumerate(built.shas)}
    return {numbers[touch.sha]: touch for touch in touches_of(read, path, len(text.split("\n")))}


def test_an_added_line_is_known_at_the_place_it_has_today(tmp_path: Path) -> None:
    versions: list[dict[str, str | None]] = [
        {"a.py": "one\ntwo\nthree\n"},
        {"a.py": "one\nnew\ntwo\nthree\n"},
        {"a.py": "top\none\nnew\ntwo\nthree\n"},
    ]
    touches = _touches(tmp_path, versions, "a.py")
    assert [(row.line, row.text, row.survives) for row in touches[1].lines] == [(3, "new", True)]
    assert [(row.line, row.text) for row in touches[2].lines] == [(1, "top")]


def test_a_removed_line_is_known_at_the_place_where_it_is_missing(tmp_path: Path) -> None:
    touches = _touches(tmp_path, [{"a.py": "one\ntwo\nthree\n"}, {"a.py": "one\nthree\n"}], "a.py")
    assert [(row.line, row.added, row.text) for row in touches[1].lines] == [(2, False, "two")]


def test_an_overwritten_line_does_not_survive(tmp_path: Path) -> None:
    touches = _touches(tmp_path, [{"a.py": "one\n"}, {"a.py": "two\n"}, {"a.py": "three\n"}], "a.py")
    assert [row.survives for row in touches[1].lines if row.added] == [False]
    assert [row.survives for row in touches[2].lines if row.added] == [True]


def test_a_rename_is_followed(tmp_path: Path) -> None:
    body = "".join(f"line {number}\n" for number in range(30))
    versions: list[dict[str, str | None]] = [
        {"old.py": body},
        {"old.py": body + "last\n"},
        {"old.py": None, "new.py": body + "last\n"},
    ]
    touches = _touches(tmp_path, versions, "new.py")
    assert [(row.line, row.text) for row in touches[1].lines] == [(31, "last")]
    assert touches[2].old_path == "old.py"


def test_a_created_file_is_told(tmp_path: Path) -> None:
    touches = _touches(tmp_path, [{"a.py": "x\n"}, {"b.py": "y\n"}], "b.py")
    assert touches[1].created


def test_moved_renamed_and_reformatted_lines_say_nothing_new(tmp_path: Path) -> None:
    before = "def total(cart):\n    price = cart.price\n    rate = price * 2\n    return price + rate\n"
    after = "def total(cart):\n    cost = cart.price\n    rate = cost * 2\n    return cost + rate\n"
    renamed = _touches(tmp_path / "a", [{"a.py": before}, {"a.py": after}], "a.py")
    assert {row.novelty for row in renamed[1].lines} == {0.1}
    moved = _touches(tmp_path / "b", [{"a.py": before, "b.py": "pass\n"}, {"a.py": "", "b.py": before}], "b.py")
    assert {row.novelty for row in moved[1].lines if row.added} == {0.25}
    quoted = _touches(tmp_path / "c", [{"a.py": "f('a',\n  'b')\n"}, {"a.py": 'f("a", "b")  \n'}], "a.py")
    assert all(row.novelty in (0.0, 1.0) for row in quoted[1].lines)


def test_a_line_that_a_formatter_wrapped_or_a_remark_was_put_behind_says_nothing_new(tmp_path: Path) -> None:
    before = "def load(self, data):\n    got = self.read(data, many=many, partial=self.partial)\n    return got\n"
    wrapped = before.replace(
        "(data, many=many, partial=self.partial)", "(\n        data, many=many, partial=self.partial\n    )"
    )
    for name, after in (("a", wrapped), ("b", before.replace("partial)", "partial)  # type: _T"))):
        touches = _touches(tmp_path / name, [{"a.py": before}, {"a.py": after}], "a.py")
        assert {row.novelty for row in touches[1].lines} == {0.0}
    dropped = "    if many:\n        got = self.read(data)\n"
    touches = _touches(tmp_path / "c", [{"a.py": before + dropped}, {"a.py": before}], "a.py")
    assert {row.novelty for row in touches[1].lines} == {1.0}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    return total // m\n", "    return total // n\n"),  # no remark in Python
        ("    return x.size if x else None\n", "    return x.size\n"),
        ("    if x:\n        return x.size\n", "    return x.size\n"),
    ],
)
def test_a_guard_or_a_divisor_that_goes_is_something_new(tmp_path: Path, before: str, after: str) -> None:
    start = "def f(x, total):\n"
    touches = _touches(tmp_path, [{"a.py": start + before}, {"a.py": start + after}], "a.py")
    assert max(row.novelty for row in touches[1].lines) == 1.0


@pytest.mark.parametrize("row", ["", ")", "x"])
def test_thousands_of_lines_that_say_next_to_nothing_cost_little(row: str) -> None:
    long, rows = f"call({', '.join('y' * 300)})", (row,) * 6_000
    hunk = Hunk(1, 1, (long,), rows, "", 1, len(rows), removed_at=(1,), added_at=tuple(range(1, len(rows) + 1)))
    diff = CommitDiff("0" * 40, (FileChange("a.py", "a.py", (hunk,)),), 1, truncated=False)
    started = time.process_time()
    assert len(Novelty(diff).added(hunk)) == len(rows)
    assert time.process_time() - started < 2
