"""An engine's standard error that names nothing, and the commit that brought the construct it means."""

from pathlib import Path

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.signals.registry import measure

LIST = "package shop\n\nfunc strip(remote string, n int) string {\n\tif n == 0 {\n\t\treturn remote\n\t}\n\treturn remote\n}\n"
SLICED = LIST.replace("return remote\n}\n", "return remote[n:]\n}\n")


def test_only_who_added_slicing_can_have_sliced_out_of_bounds(tmp_path: Path) -> None:
    other: Change = {"files": {"mail.go": "package shop\n\nfunc mail(to string) string {\n\treturn to\n}\n"}}
    changes: list[Change] = [{"files": {"list.go": LIST}}, other, {"files": {"list.go": SLICED}}, *QUIET]
    context = window_of(tmp_path, changes, "panic: runtime error: slice bounds out of range [56:55]")
    found = [{each.name: each.detail for each in measure(context, change)} for change in context.changes]
    assert [("added_construct" in row) for row in found] == [False, True, False, False, False]
    assert found[1]["added_construct"] == (
        "added slicing, `return remote[n:]` (list.go:7), and the error means just that"
    )


def test_brackets_of_comments_and_annotations_are_no_indexing(tmp_path: Path) -> None:
    before, after = (
        "def pick(rows):\n    return rows\n",
        "def pick(rows: List[str]):  # type: ignore[override]\n    return rows\n",
    )
    indexing: Change = {"files": {"last.py": "def last(rows):\n    return rows[number]  # the last one\n"}}
    changes: list[Change] = [{"files": {"pick.py": before}}, {"files": {"pick.py": after}}, indexing, *QUIET]
    context = window_of(tmp_path, changes, "IndexError: list index out of range")
    found = [{each.name for each in measure(context, change)} for change in context.changes]
    assert [("added_construct" in row) for row in found] == [False, True, False, False, False]


def test_the_line_that_is_told_lies_in_the_file_of_the_trace_and_shows_the_construct(tmp_path: Path) -> None:
    other = SLICED.replace("strip", "cut")
    long = LIST.replace("return remote\n}\n", f"return {'longer.' * 12}remote[n:]\n}}\n")
    changes: list[Change] = [{"files": {"list.go": LIST}}, {"files": {"a.go": other, "list.go": long}}, *QUIET]
    trace = (
        "panic: runtime error: slice bounds out of range [56:55]\n\ngoroutine 1 [running]:\n"
        "main.strip(...)\n\t/srv/app/list.go:7 +0x1d\n"
    )
    context = window_of(tmp_path, changes, trace)
    found = [{each.name: each.detail for each in measure(context, change)} for change in context.changes]
    told = found[0]["added_construct"]
    assert "remote[n:]` (list.go:7)" in told
    assert "`…" in told
