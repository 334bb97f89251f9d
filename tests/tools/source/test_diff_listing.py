"""The diff of any commit of the window, narrowed to a part and cut around the trace."""

from dataclasses import replace
from pathlib import Path

import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.source.deployed import Deployed
from tools.source.diff_listing import Narrowed, diff_text

CART = """class Cart:
    def total(self):
        if not self.lines:
            return 0
        return sum(self.lines)

    def pay(self):
        return self.total()


class Basket:
    def pay(self):
        return 1
"""
CHANGED = CART.replace("        if not self.lines:\n            return 0\n", "").replace("return 1", "return 2")


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """One commit that changes two classes of a file, a document and a picture."""
    files: dict[str, str | bytes | None] = {
        "shop/cart.py": CHANGED,
        "README.md": "new\n",
        "tests/test_cart.py": "assert 1\n",
        "logo.gif": b"GIF\0",
    }
    return deployment(
        tmp_path,
        [
            {"files": {"shop/cart.py": CART}},
            {"files": files, "message": "sum\x1b[31m\n\nmore"},
            {"files": {"b.py": "b\n"}},
        ],
        frames=[("shop/cart.py", 3)],
    )


def diff(deployed: Deployed, **narrowed: str | int) -> str:
    """The diff of the first commit of the window."""
    return diff_text(deployed, deployed.window[0].sha, Narrowed(**narrowed))  # type: ignore[arg-type]


def test_changes_are_shown_with_context_and_function_and_tests_and_documents_are_counted(deployed: Deployed) -> None:
    assert diff(deployed).splitlines()[:14] == [
        f"commit {deployed.window[0].sha[:10]} sum�[31m",
        "4 files changed:",
        "  shop/cart.py (changed, +1 -3)",
        "  and 1 of kind docs",
        "  and 1 of kind style",
        "  and 1 of kind test",
        "@@ shop/cart.py:2 in Cart.total",
        "     1 class Cart:",
        "     2     def total(self):",
        "-    3         if not self.lines:",
        "-    4             return 0",
        "     3         return sum(self.lines)",
        "     4 ",
        "@@ shop/cart.py:11 in Basket.pay",
    ]


def test_a_part_is_asked_for_by_file_class_function_or_lines(deployed: Deployed) -> None:
    for part in ({"class_name": "Basket"}, {"class_name": "Basket", "name": "pay"}, {"name": "pay"}):
        text = diff(deployed, **part)
        assert "return 2" in text
        assert "self.lines" not in text
    assert "self.lines" in diff(deployed, path="shop/cart.py", first_line=1, last_line=3)
    assert "return 2" not in diff(deployed, path="shop/cart.py", first_line=1, last_line=3)
    assert "README.md" not in diff(deployed, path="shop/cart.py")
    assert "return 0" in diff(deployed, name="total")  # lines that were removed stand in the function as it was


def test_a_part_without_changes_is_refused_with_what_was_changed(deployed: Deployed) -> None:
    with pytest.raises(ToolError, match="changed nothing in refund") as error:
        diff(deployed, name="refund")
    assert "Cart.total at shop/cart.py:2; Basket.pay at shop/cart.py:11" in str(error.value)
    with pytest.raises(ToolError, match=r"did not change shop/none\.py; it changed README\.md, logo\.gif"):
        diff(deployed, path="shop/none.py")


def test_a_file_without_lines_is_named(deployed: Deployed) -> None:
    assert "logo.gif (new, binary)" in diff(deployed, path="logo.gif")


def test_commits_outside_the_window_are_refused_with_those_that_are_in_it(deployed: Deployed) -> None:
    first = deployed.window[0]
    for sha in (first.parents[0], first.sha[:4], "HEAD", "deadbeef" * 5, ""):
        with pytest.raises(ToolError, match=r"no commit of the deploy|commit is empty"):
            diff_text(deployed, sha, Narrowed())
    with pytest.raises(ToolError, match=deployed.window[1].sha[:10]):
        diff_text(deployed, "1234567", Narrowed())


def test_of_a_large_diff_what_is_near_the_trace_is_shown_and_the_rest_counted(tmp_path: Path) -> None:
    rows = [f"value_{number} = {number}\n" for number in range(400)]
    changed = [f"value_{n} = -{n}\n" if n % 10 == 0 else row for n, row in enumerate(rows)]
    deployed = deployment(
        tmp_path,
        [
            {"files": {"a.py": "".join(rows), "z.py": "z = 1\n"}},
            {"files": {"a.py": "".join(changed), "z.py": "z = 2\n"}},
        ],
        frames=[("a.py", 301)],
        room=900,
    )
    text = diff(deployed)
    assert "+  301 value_300 = -300" in text
    assert "value_0 = " not in text
    assert text.index("value_290") < text.index("value_310")  # in the order of the file
    assert "changes left out for room, in a.py (" in text
    assert "z.py (1); narrow by path, name or lines" in text
    assert len(text) < 1_150


def test_one_endless_change_is_cut_with_a_word(tmp_path: Path) -> None:
    body = "".join(f"value_{number} = {number}\n" for number in range(400))
    deployed = deployment(tmp_path, [{"files": {"a.py": "a\n"}}, {"files": {"b.py": body}}], room=320)
    text = diff(deployed)
    assert "lines of this change left out; ask for them by their numbers" in text
    assert len(text) < 900


def test_a_deleted_function_is_found_by_its_name(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": {"a.py": CART}}, {"files": {"a.py": None, "b.py": "b\n"}}])
    assert "-    2     def total(self):" in diff(deployed, name="total")


def test_a_folder_narrows_a_diff_as_a_file_does(deployed: Deployed) -> None:
    text = diff(deployed, path="shop")
    assert "shop/cart.py (changed" in text
    assert "README.md" not in text
    assert diff(deployed, path="shop/") == text
    with pytest.raises(ToolError, match="did not change sho;"):
        diff(deployed, path="sho")


def test_the_remarks_that_a_new_file_begins_with_leave_the_room_to_its_code(tmp_path: Path) -> None:
    licence = "".join(f" * line {number} of the licence\n" for number in range(20))
    files: dict[str, str | bytes | None] = {"shop/Late.java": f"/*\n{licence} */\nclass Late {{}}\n"}
    shop = deployment(tmp_path, [{"files": {"a.py": "a\n"}}, {"files": files}])
    shown = diff_text(shop, shop.window[-1].sha, Narrowed())
    assert "of the licence" not in shown
    assert "+ … lines 1-22 are a comment\n+   23 class Late {}" in shown


def made(folder: Path, before: str, after: str, path: str = "shop/cart.py", room: int = 8_000) -> list[str]:
    """What a commit shows that makes one text of another."""
    deployed = deployment(folder, [{"files": {path: before}}, {"files": {path: after}}])
    shown = diff_text(replace(deployed, room=room), deployed.window[0].sha, Narrowed())
    return shown.splitlines()[3:]


def test_changes_that_stand_close_together_are_one_with_the_lines_between_them_once(tmp_path: Path) -> None:
    before = "def total():\n    a = 1\n    b = 2\n    c = 3\n    return a\n"
    assert made(tmp_path, before, before.replace("1", "7").replace("3", "9"))[:8] == [
        "@@ line 2 in total",
        "     1 def total():",
        "-    2     a = 1",
        "+    2     a = 7",
        "     3     b = 2",
        "-    4     c = 3",
        "+    4     c = 9",
        "     5     return a",
    ]


def test_a_long_comment_of_new_code_is_counted(tmp_path: Path) -> None:
    comment = "".join(f"    # it is said here, {number}\n" for number in range(6))
    shown = made(tmp_path, "x = 1\n", f"x = 1\n\n\ndef total():\n{comment}    return x\n")
    assert "+ … 6 lines of comments" in shown
    assert "+   11     return x" in shown


def test_imports_give_way_to_code_where_there_is_no_room(tmp_path: Path) -> None:
    far = "".join(f"value_{number} = {number}\n" for number in range(40))
    imports = "".join(f"import module_{number}\n" for number in range(40))
    shown = "\n".join(made(tmp_path, f"x = 1\n{far}last = 1\n", f"x = 1\n{imports}{far}last = 2\n", room=600))
    assert "last = 2" in shown
    assert "import module_1\n" not in shown


def test_the_end_of_a_path_names_a_file(deployed: Deployed) -> None:
    assert "Basket.pay" in diff(deployed, path="cart.py", name="pay")
    with pytest.raises(ToolError, match=r"did not change art\.py"):
        diff(deployed, path="art.py")


@pytest.fixture
def moved(tmp_path: Path) -> Deployed:
    """A commit writes twenty lines; the next one puts five above them and rewrites the last."""
    old = "".join(f"old_{number} = {number}\n" for number in range(1, 21))
    new = "".join(f"new_{number} = {number}\n" for number in range(1, 21))
    later = "".join(f"top_{number} = 0\n" for number in range(1, 6)) + new.replace("new_20 = 20", "new_20 = 0")
    return deployment(tmp_path, [{"files": {"a.py": text}} for text in (old, new, later)])


def test_lines_are_numbered_as_deployed_and_those_that_are_gone_have_no_number(moved: Deployed) -> None:
    shown = diff_text(moved, moved.window[-2].sha, Narrowed())
    assert "@@ line 6\n" in shown
    assert shown.count("a.py") == 2  # in the commit's subject, and once more: a path is long
    assert "-    1 old_1 = 1\n" in shown
    assert "+    6 new_1 = 1\n" in shown
    assert "+      new_20 = 20\n" in shown


def test_of_a_change_that_is_longer_only_the_lines_asked_for_are_shown(moved: Deployed) -> None:
    shown = diff_text(moved, moved.window[-2].sha, Narrowed(path="a.py", first_line=8, last_line=9))
    assert shown.splitlines()[1:] == ["@@ a.py:6", "+    8 new_3 = 3", "+    9 new_4 = 4"]


def test_a_change_begins_at_the_first_line_that_still_stands_and_has_no_number_without_one(tmp_path: Path) -> None:
    texts = ("a = 1\nb = 1\n", "a = 2\nb = 2\n", "top = 0\nc = 0\nb = 2\n", "top = 0\nc = 0\nd = 0\n")
    deployed = deployment(tmp_path, [{"files": {"a.py": text}} for text in texts])
    shown = diff_text(deployed, deployed.window[-3].sha, Narrowed())
    assert "@@\n" in shown
    partly = deployment(tmp_path / "partly", [{"files": {"a.py": text}} for text in texts[:3]])
    assert "@@ line 3\n" in diff_text(partly, partly.window[-2].sha, Narrowed())
    with pytest.raises(ToolError, match="changed nothing in lines 1-1"):
        diff_text(partly, partly.window[-2].sha, Narrowed(path="a.py", first_line=1, last_line=1))
