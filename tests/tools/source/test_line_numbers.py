"""A line of a commit is numbered as it stands in the deployed file, wherever later commits moved it."""

from collections.abc import Mapping
from pathlib import Path

from tests.repositories import build
from tools.git.repository import Repository
from tools.source.line_numbers import LineNumbers

FIRST = "one\ntwo\nthree\nfour\nfive\nsix\n"


def numbers(folder: Path, later: Mapping[str, str | None], path: str = "a.py", lines: int = 6) -> list[int | None]:
    """Where each line of the first commit's file stands after the second one."""
    built = build(folder, [{"files": {"a.py": FIRST}}, {"files": later}])
    now = LineNumbers(Repository.open(built.path), built.shas[1]).of(built.shas[0], path)
    return [now(line) for line in range(1, lines + 1)]


def test_lines_above_push_it_down_and_lines_that_went_pull_it_up(tmp_path: Path) -> None:
    assert numbers(tmp_path / "a", {"a.py": "zero\n" + FIRST}) == [2, 3, 4, 5, 6, 7]
    assert numbers(tmp_path / "b", {"a.py": FIRST.removeprefix("one\ntwo\n")}) == [None, None, 1, 2, 3, 4]


def test_a_line_that_was_written_anew_is_gone_and_the_others_keep_their_order(tmp_path: Path) -> None:
    later = {"a.py": "one\nTWO\nmore\nthree\nfour\nand\nfive\nsix\n"}
    assert numbers(tmp_path, later) == [1, None, 4, 5, 7, 8]


def test_numbers_stay_as_they_are_where_nothing_can_be_compared(tmp_path: Path) -> None:
    assert numbers(tmp_path / "a", {"b.py": "x\n"}) == [1, 2, 3, 4, 5, 6]
    assert numbers(tmp_path / "b", {"a.py": None}) == [1, 2, 3, 4, 5, 6]
    assert numbers(tmp_path / "c", {"b.py": "x\n"}, "no/such.py") == [1, 2, 3, 4, 5, 6]
