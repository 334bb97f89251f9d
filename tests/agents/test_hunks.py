"""What a prompt shows of a commit: hunks that touch the trace, in file order, with context and their function."""

from pathlib import Path

from agents.hunks import ChangeReader
from agents.named_places import places_in
from tests.repositories import build
from tests.shop import TRACE, Shop
from tools.git.repository import Repository
from tools.traces import parse


def test_a_removed_guard_stands_between_its_neighbours_in_its_function(shop: Shop) -> None:
    case = shop.case()
    assert case.changes[shop.culprit].splitlines() == [
        "Files: shop/prices.py +0 -2",
        "@@ shop/prices.py in price_of",
        "     4 def price_of(item):",
        "     5     found = CATALOGUE.get(item)",
        "-    6     if found is None:",
        "-    7         return 0",
        "     6     return found * 1",
    ]


def changed(folder: Path, before: dict[str, str], after: dict[str, str], characters: int = 2_000) -> str:
    """What is shown of the second commit, for the trace of the shop."""
    built = build(folder, [{"files": before, "message": "first"}, {"files": after, "message": "second"}])
    repository = Repository.open(built.path)
    trace = parse(TRACE)
    mapped = trace.model_copy(
        update={
            "failures": tuple(
                each.model_copy(
                    update={
                        "frames": tuple(
                            f.model_copy(update={"repo_path": f.path.removeprefix("/srv/app/")}) for f in each.frames
                        )
                    }
                )
                for each in trace.failures
            )
        }
    )
    return ChangeReader(repository, mapped).excerpt(built.shas[1], characters)


LINES = [f"value_{number} = {number}" for number in range(60)]


def test_documents_and_tests_are_only_counted(tmp_path: Path) -> None:
    before = {"shop/prices.py": "x = 1\n", "tests/test_a.py": "x = 1\n", "README.md": "x\n"}
    shown = changed(tmp_path, before, {path: f"{text}y = 2\n" for path, text in before.items()})
    assert shown.startswith("Files: shop/prices.py +1 -0, 1 docs, 1 test\n")
    assert shown.count("@@") == 1


def test_hunks_that_touch_nothing_of_the_trace_give_way_to_those_that_do_and_are_counted(tmp_path: Path) -> None:
    before = {"other/far.py": "\n".join(LINES) + "\n", "shop/prices.py": "found = 0\n"}
    after = {"other/far.py": "\n".join(LINES).replace("= 7", "= 8") + "\n", "shop/prices.py": "found = 1\n"}
    shown = changed(tmp_path, before, after)
    assert "@@ shop/prices.py" in shown
    assert "@@ other/far.py" not in shown
    assert "[1 more hunk, further from the trace, is left out]" in shown


def test_hunks_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = ["first = CATALOGUE", *LINES, "def price_of(item):", "    return item"]
    other = ["first = CATALOGUE + 1", *LINES, "def price_of(item):", "    return item * 2"]
    shown = changed(tmp_path, {"shop/prices.py": "\n".join(rows)}, {"shop/prices.py": "\n".join(other)})
    assert shown.index("first = CATALOGUE + 1") < shown.index("return item * 2")


def test_a_large_hunk_is_cut_around_what_the_trace_names(tmp_path: Path) -> None:
    rows = [*LINES[:30], "found = price_of(item)", *LINES[30:]]
    shown = changed(tmp_path, {"shop/prices.py": "x = 1\n"}, {"shop/prices.py": "\n".join(["x = 1", *rows, ""])})
    assert "found = price_of(item)" in shown
    assert "lines left out" in shown
    assert len(shown.splitlines()) < 26


def test_imports_and_blank_lines_give_way_to_code(tmp_path: Path) -> None:
    rows = ["import a", "", *LINES, "def price_of(item):", "    return found * item"]
    other = ["import a", "import b", "", "", *LINES, "def price_of(item):", "    return found * price_of(item)"]
    shown = changed(tmp_path, {"shop/prices.py": "\n".join(rows)}, {"shop/prices.py": "\n".join(other)}, characters=150)
    assert "return found * price_of(item)" in shown
    assert "import b" not in shown


def test_a_hunk_that_holds_a_word_of_the_message_comes_before_one_that_holds_none(tmp_path: Path) -> None:
    """The facts about a commit rest on such words: what they speak of is what is shown."""
    before = {"a/style.css": "width: 1;\n", "web/polls.ts": "let last = 1;\n"}
    after = {"a/style.css": "width: 2;\n", "web/polls.ts": "let last = oldestEventDate;\n"}
    built = build(tmp_path, [{"files": before, "message": "first"}, {"files": after, "message": "second"}])
    trace = parse("TypeError: Cannot read properties of undefined (reading 'date')")
    shown = ChangeReader(Repository.open(built.path), trace).excerpt(built.shas[1], 400)
    assert "oldestEventDate" in shown
    assert "width" not in shown


def test_what_a_fact_tells_of_comes_first_and_is_what_a_long_hunk_is_cut_around(tmp_path: Path) -> None:
    """A fact in the prompt without its lines cannot be judged."""
    far = "\n".join(LINES)
    before = {"shop/prices.py": "found = 0\n", "other/store.py": "x = 1\n"}
    after = {
        "shop/prices.py": "found = 1\n",
        "other/store.py": f"x = 1\n{far}\ndef zed(n):\n    return 9\n{far.replace('value', 'other')}\n",
    }
    built = build(tmp_path, [{"files": before, "message": "first"}, {"files": after, "message": "second"}])
    reader = ChangeReader(Repository.open(built.path), parse(TRACE))
    facts = ["Changed when `Store.zed` (other/store.py:63) gives a value, which arrives at shop/prices.py:6."]
    shown = reader.excerpt(built.shas[1], 400, places_in(facts))
    assert "+   63     return 9" in shown
    assert len(shown) < 700
    assert "return 9" not in reader.excerpt(built.shas[1], 400)


def test_a_fact_names_a_definition_whose_lines_have_moved_since(tmp_path: Path) -> None:
    before = {"a.py": "def load(key):\n    return key\n", "b.py": "y = 1\n"}
    after = {"a.py": "def load(key):\n    return None\n", "b.py": "y = price_of(1)\n"}
    built = build(tmp_path, [{"files": before, "message": "first"}, {"files": after, "message": "second"}])
    reader = ChangeReader(Repository.open(built.path), parse(TRACE))
    shown = reader.excerpt(built.shas[1], 130, places_in(["Changed `Store.load` (a.py:90), which `total` reaches."]))
    assert "return None" in shown
    assert "price_of" not in shown


def test_changes_that_stand_close_together_are_one_with_the_lines_between_them_once(tmp_path: Path) -> None:
    rows = ["def price_of(item):", "    a = 1", "    b = 2", "    c = 3", "    return found"]
    other = [row.replace("1", "7").replace("3", "9") for row in rows]
    shown = changed(tmp_path, {"shop/prices.py": "\n".join(rows)}, {"shop/prices.py": "\n".join(other)})
    assert shown.splitlines()[1:] == [
        "@@ shop/prices.py in price_of",
        "     1 def price_of(item):",
        "-    2     a = 1",
        "+    2     a = 7",
        "     3     b = 2",
        "-    4     c = 3",
        "+    4     c = 9",
        "     5     return found",
    ]


def test_a_line_that_did_not_change_is_not_missed(tmp_path: Path) -> None:
    rows = ["x" * 150, "found = 1", "y" * 150]
    other = ["x" * 150, "found = price_of(1)", "y" * 150]
    shown = changed(tmp_path, {"shop/prices.py": "\n".join(rows)}, {"shop/prices.py": "\n".join(other)}, characters=120)
    assert "price_of(1)" in shown
    assert "left out" not in shown


def test_a_second_hunk_that_is_a_little_too_long_is_shown_whole(tmp_path: Path) -> None:
    rows = "".join(f"    found_{number} = price_of({number})\n" for number in range(9))
    before = {"shop/cart.py": "def total():\n    return 1\n", "shop/prices.py": "def price_of(item):\n    return 1\n"}
    after = {name: text.replace("    return", f"{rows}    return") for name, text in before.items()}
    built = build(tmp_path, [{"files": before, "message": "first"}, {"files": after, "message": "second"}])
    shown = ChangeReader(Repository.open(built.path), parse(TRACE)).excerpt(built.shas[1], 650)
    assert shown.count("@@") == 2
    assert "left out" not in shown


def test_a_comment_that_speaks_of_the_trace_is_not_what_a_hunk_is_cut_around(tmp_path: Path) -> None:
    remarks = "".join(f"# price_of and found and items, {number}\n" for number in range(30))
    rest = "\n".join(LINES)
    shown = changed(
        tmp_path, {"shop/prices.py": "x = 1\n"}, {"shop/prices.py": f"x = 1\n{remarks}{rest}\ny = price_of(x)\n"}, 400
    )
    assert "y = price_of(x)" in shown
