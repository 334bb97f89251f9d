"""Lines that nobody wrote by hand (blanks, one letter, for 100,000 characters) are read in one pass: a pattern that takes
the square of their length would hold the process for hours."""

from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from tests.hostile.forge import Forge
from tests.repositories import build
from tests.shop import TRACE, build_shop
from tools.commits.diff_facts import assigned
from tools.commits.returns import gives_nothing
from tools.commits.switches import _KEY_OF_BLOCK
from tools.commits.touched_lines import TouchedLine
from tools.commits.translations import _GAP
from tools.git.repository import Repository
from tools.git.trees import listing
from tools.impact.anchoring import guard_of, throws
from tools.impact.clue_touches import _IMPORT
from tools.impact.ignored_in_blame import ignored_in_blame
from tools.impact.site_text import names_imported, passes_everything_on
from tools.impact.translated import _JOINED, _KEY
from tools.ranking.gather import gather
from tools.source.outline import Outline
from tools.text.comments import is_comment_line, is_words_alone
from tools.text.log_lines import only_logs
from tools.traces import parse

MANY = 150_000
pytestmark = pytest.mark.timeout(30)  # each takes milliseconds; before, hours


@pytest.mark.parametrize("row", [" " * MANY + "x", "\t" * MANY + "x", "\r" * MANY + "x", "}" + " " * MANY + "x"])
def test_a_line_of_blanks_guards_and_throws_nothing(row: str) -> None:
    outline = Outline("shop/db.py", f"def connect():\n{row}\n    raise ValueError\n")
    assert guard_of(outline, 3, 1) == ""
    assert not throws(row)
    assert not names_imported(outline)


def test_a_guard_and_a_throw_are_found_behind_many_blanks() -> None:
    guard = " " * MANY + "} else if (user) {"
    assert guard_of(Outline("shop/db.js", f"function connect() {{\n{guard}\n  throw x;"), 3, 1) == guard
    assert throws("  }  else {  return  errors.New(")
    assert throws(" " * MANY + "else" + " " * MANY + "raise")
    assert not throws(" " * MANY + "else" + " " * MANY + "x")


def test_a_return_with_blanks_behind_it_gives_nothing_only_when_nothing_follows() -> None:
    rows = [f"  return{' ' * MANY}{end}" for end in ("x", "; ", "[] ;", "array( )")]
    found = [gives_nothing([_touched(row, added=True), _touched("return 1", added=False)]) for row in rows]
    assert found == [False, True, True, True]


def test_an_import_of_csharp_is_known_and_a_line_of_blanks_is_none() -> None:
    assert _IMPORT.match("using static System.Math;")
    assert _IMPORT.match("  using Rates = Shop.Rates;")
    assert not _IMPORT.match("using" + " " * MANY + "!")
    assert not _IMPORT.match("using static" + " " * MANY + "!")


def test_names_are_set_on_a_line_of_one_letter_as_on_any_other() -> None:
    assert assigned(["a" * MANY + " ="]) == {"a" * MANY}
    assert assigned(["= " + "a" * MANY]) == frozenset()
    assert assigned(["= " + "a1" * 5_000]) == frozenset()
    assert assigned(['x["key"] = 1', "total: int = 3", "9abc => 1", "a == b"]) == {"key", "total", "abc"}


def test_a_statement_of_blanks_passes_nothing_on() -> None:
    assert not passes_everything_on(" " * MANY + "x")
    assert not passes_everything_on("x" + " " * MANY + "y")
    assert passes_everything_on(" " * MANY + "return await work(*args, **kwargs) ;" + " " * MANY)


def test_empty_lines_without_end_ignore_no_commit_in_blame(tmp_path: Path) -> None:
    listed = f"  {'a' * 40} # reformatted\n" + "\n" * MANY + "x"
    built = build(tmp_path, [{"files": {".git-blame-ignore-revs": listed}}])
    assert ignored_in_blame(Repository.open(built.path), built.shas[0]) == {"a" * 40}


def test_a_folder_of_bytes_that_are_no_entries_is_read_up_to_them(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "made.git")
    entry = b"100644 a.py\0" + bytes.fromhex(forge.blob(b"1\n"))
    for junk in (b"0" * MANY, b"0 " * MANY, b"1 a" * MANY):
        found = listing(forge.raw.odb, pygit2.Oid(hex=forge.quickly(ObjectType.TREE, entry + junk)))
        assert [path for path, _, _ in found.files] == [b"a.py"]
        assert found.unread == [b""]


def test_a_log_line_of_joined_letters_above_the_trace_is_read_once(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop")
    trace = parse("2026-11-29 10:00:00 ERROR rule " + "a_" * 40 + "a/ and TaxTable\n" + TRACE)
    assert any("a_a_" in line for line in trace.before)
    assert gather(shop.repository(), shop.shas["import"], shop.shas["readme"], trace).suspects


def test_blanks_behind_a_key_and_inside_a_gap_are_read_once() -> None:
    assert not _KEY_OF_BLOCK.match("flag" + " " * MANY + "x")
    assert _KEY_OF_BLOCK.match(f"flag{' ' * MANY}: {{  ")
    assert not _GAP.search("{" + " " * MANY + "x")
    assert [found["name"] for found in _GAP.finditer("{{ name }} {" + " " * MANY + "}")] == ["name"]


def _touched(text: str, *, added: bool) -> TouchedLine:
    return TouchedLine(1, added=added, survives=added, text=text)


def test_a_message_of_one_letter_names_no_key() -> None:
    assert [key for key in _KEY.findall("a" * MANY) if _JOINED.search(key)] == []
    assert [key for key in _KEY.findall("en.cart.total" + "_a" * MANY) if _JOINED.search(key)] != []


@pytest.mark.parametrize("many", [400, MANY])
@pytest.mark.parametrize(
    "row", ["print{}= 3", "print{}x = 3", "print({}", "print{}{{", "print({}x", "puts 'a{}(", "print({})x"]
)
def test_blanks_in_a_line_of_a_log_are_read_once(row: str, many: int) -> None:
    assert not only_logs(row.format(" " * many), "shop/cart.py")


@pytest.mark.parametrize(
    "piece", ["<!--", "<!-- -->", "-", "<!--" + "-" * 9, "-->", " ", "#", "* ", "* a(", "* a() + "]
)
@pytest.mark.parametrize("path", ["a.html", "a.vue", "a.js", "a.py", "a.php", "a.unknown"])
def test_what_may_be_a_comment_is_read_once(piece: str, path: str) -> None:
    for line in (
        piece * 20_000 + "x",
        "* a()" + piece * 20_000 + "x",
        "<!--" + piece * 20_000 + "x",
        "* @A" + piece * 20_000 + "x",
    ):
        assert is_comment_line(line, path) in (True, False)
        assert is_words_alone(line, path) in (True, False)
