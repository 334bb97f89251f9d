"""An engine's standard error that names nothing, and the commit that brought the construct it means."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, signals, window_of
from tools.impact.constructs import construct_in
from tools.signals.registry import measure

LIST = "package shop\n\nfunc strip(remote string, n int) string {\n\tif n == 0 {\n\t\treturn remote\n\t}\n\treturn remote\n}\n"
SLICED = LIST.replace("return remote\n}\n", "return remote[n:]\n}\n")
SLICE = "panic: runtime error: slice bounds out of range [56:55]"


def test_only_who_added_slicing_can_have_sliced_out_of_bounds(tmp_path: Path) -> None:
    other: Change = {"files": {"mail.go": "package shop\n\nfunc mail(to string) string {\n\treturn to\n}\n"}}
    changes: list[Change] = [{"files": {"list.go": LIST}}, other, {"files": {"list.go": SLICED}}, *QUIET]
    context = window_of(tmp_path, changes, "panic: runtime error: slice bounds out of range [56:55]")
    found = [{each.name: each.detail for each in measure(context, change)} for change in context.changes]
    assert [("added_construct" in row) for row in found] == [False, True, False, False, False]
    assert found[1]["added_construct"] == (
        "added slicing, `return remote[n:]` (list.go:7), and the error means just that"
    )


def test_what_stood_on_the_edited_line_before_was_not_added(tmp_path: Path) -> None:
    before = {"list.go": SLICED}
    edited = signals(tmp_path / "a", before, {"list.go": SLICED.replace("remote[n:]", '"/" + remote[n:]')}, SLICE)
    other = signals(tmp_path / "b", before, {"list.go": SLICED.replace("remote[n:]", "remote[n+1:]")}, SLICE)
    assert "added_construct" not in edited
    assert "added_construct" in other


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


def test_words_of_strings_are_no_loop(tmp_path: Path) -> None:
    worded: Change = {
        "files": {
            "help.php": "<?php\n$help = [\n    'Comma separated list of groups (looks for * in each ...)',\n];\n",
            "spread.php": "<?php\nsend(...$rows);\n",
        }
    }
    looped: Change = {"files": {"all.js": "const all = (rows) => [...rows].map(one => `${one}`);\n"}}
    changes: list[Change] = [{"files": {"list.php": "<?php\n$n = 0;\n"}}, worded, looped, *QUIET]
    context = window_of(tmp_path, changes, "the given value is not iterable")
    found = [{each.name for each in measure(context, change)} for change in context.changes]
    assert [("added_construct" in row) for row in found] == [False, True, False, False, False]


def test_what_a_string_is_filled_with_runs_and_sql_stands_in_strings() -> None:
    indexing, unique = construct_in("IndexError", "list index out of range"), construct_in("", "duplicate key value")
    assert indexing is not None
    assert unique is not None
    assert indexing.stands_in('    return f"{rows[number]} is last"', "last.py")
    assert not indexing.stands_in('    return "rows[number] is last"', "last.py")
    assert not indexing.stands_in("Node: _Alias = Union[FuncDef, list[Decorator]]", "node.py")
    assert not indexing.stands_in("    found = cast(Dict[str, int], rows)", "last.py")
    assert indexing.stands_in("    return Union[FuncDef, RATES[0]] if rows[0] else RATES[0]", "last.py")
    assert indexing.stands_in("    return cast(Dict[str, int], RATES[0])", "last.py")
    rust = construct_in("", "index out of bounds: the len is 3 but the index is 7")
    assert rust is not None
    assert rust.stands_in("fn at<'a>(rows: &'a [u8], n: usize) -> &'a u8 { &rows[n] }", "last.rs")
    assert unique.stands_in('    run("INSERT INTO shop VALUES (1)")', "last.py")


@pytest.mark.parametrize(
    ("exception", "message", "line", "path", "stands"),
    [
        ("", "panic: runtime error: index out of range [0] with length 0", "\treturn seats[row]", "seat.go", True),
        (
            "",
            "panic: runtime error: index out of range [0] with length 0",
            "  return this.seats.get(row)",
            "a.ts",
            False,
        ),
        ("", "panic: runtime error: index out of range [0] with length 0", "    return SEATS[row]", "seat.py", False),
        ("IndexError", "list index out of range", "    return SEATS.get(row)", "seat.py", False),
        ("IndexError", "list index out of range", "    return SEATS[row]", "seat.py", True),
        ("IndexError", "list index out of range", "\treturn seats[row]", "seat.go", False),
        (
            "",
            "java.lang.IndexOutOfBoundsException: Index 0 out of bounds for length 0",
            "seats.get(0);",
            "A.java",
            True,
        ),
        ("", "java.lang.IndexOutOfBoundsException: Index 0 out of bounds for length 0", "seats.get(0)", "a.js", False),
        ("", "index out of bounds: the len is 0 but the index is 0", "    seats[0].clone()", "seat.rs", True),
        ("", "index out of bounds: the len is 0 but the index is 0", "    seats.get(0).cloned()", "seat.rs", False),
        ("ArgumentOutOfRangeException", "Index was out of range.", "return seats.ElementAt(0);", "Seat.cs", True),
        ("ArgumentOutOfRangeException", "Index was out of range.", "return seats.get(0)", "seat.rb", False),
    ],
)
def test_indexing_is_what_can_throw_in_the_language_of_the_error(
    exception: str, message: str, line: str, path: str, stands: bool
) -> None:
    indexing = construct_in(exception, message)
    assert indexing is not None
    assert indexing.stands_in(line, path) is stands


DUPLICATE = "UniqueViolation: duplicate key value violates unique constraint"


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ('    """Like this:\n\n    INSERT INTO jobs VALUES (1)\n    """\n    run()\n', False),
        ("    '''INSERT INTO jobs VALUES (1)'''\n    run()\n", False),
        ('    run(\n        """\n        INSERT INTO jobs VALUES (1)\n        """\n    )\n', True),
        ('    """Runs."""\n    run("INSERT INTO jobs VALUES (1)")\n', True),
    ],
)
def test_an_example_in_a_docstring_inserts_nothing(tmp_path: Path, body: str, counts: bool) -> None:
    after = {"shop/jobs.py": f"def plan():\n{body}"}
    found = signals(tmp_path, {"shop/other.py": "x = 1\n"}, after, DUPLICATE)
    assert ("added_construct" in found) == counts
    if counts:
        assert found["added_construct"][1].startswith("added rows, or a rule that their values be unique, `")
