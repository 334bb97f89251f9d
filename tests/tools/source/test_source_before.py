"""Code as it was before the deploy."""

from pathlib import Path

import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.source.deployed import Deployed
from tools.source.source_before import source_before

CART = """class Cart:
    def total(self):
        if not self.lines:
            return 0
        return sum(self.lines)

    def pay(self):
        return self.total()


def gone():
    return 1
"""
CHANGED = CART.replace("        if not self.lines:\n            return 0\n", "").split("\n\ndef gone")[0] + "\n"


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """A cart that loses a guard and a function, and a file that is renamed and changed."""
    return deployment(
        tmp_path,
        [
            {"files": {"cart.py": CART, "old.py": "a = 1\nb = 2\nc = 3\nd = 4\n"}},
            {"files": {"cart.py": CHANGED}},
            {"files": {"old.py": None, "new.py": "a = 1\nb = 5\nc = 3\nd = 4\n"}},
        ],
    )


def test_a_method_is_shown_as_it_was_with_a_mark_at_what_is_gone(deployed: Deployed) -> None:
    assert source_before(deployed, "total", "Cart").splitlines() == [
        "method Cart.total in cart.py, lines 2-5 before the deploy; 2 of these lines are gone or changed now (-)",
        "     2   |     def total(self):",
        "     3 - |         if not self.lines:",
        "     4 - |             return 0",
        "     5   |         return sum(self.lines)",
    ]


def test_of_what_the_deploy_did_not_change_only_that_is_said(deployed: Deployed) -> None:
    text = source_before(deployed, "Cart.pay")
    assert text.endswith("before the deploy: the same as now, the deploy did not change it")
    assert "return self.total" not in text


def test_what_is_no_longer_defined_is_shown_and_that_is_said(deployed: Deployed) -> None:
    text = source_before(deployed, "gone")
    assert "it is no longer defined" in text
    assert "    12 |     return 1" in text


def test_a_class_is_shown_whole_and_lines_by_their_numbers(deployed: Deployed) -> None:
    assert "     4 - |             return 0" in source_before(deployed, class_name="Cart")
    assert source_before(deployed, path="cart.py", first_line=5, last_line=5).splitlines() == [
        "cart.py, lines 5-5 of 12 before the deploy; none of these lines is gone or changed now",
        "     5 |         return sum(self.lines)",
    ]


def test_a_renamed_file_is_found_by_either_name(deployed: Deployed) -> None:
    assert "old.py, lines 1-4 of 4 before the deploy" in source_before(deployed, path="new.py")
    assert "b = 2" in source_before(deployed, path="new.py")
    assert "the file is no longer there, or was renamed" in source_before(deployed, path="old.py")


def test_what_was_not_there_before_is_refused(deployed: Deployed) -> None:
    with pytest.raises(ToolError, match=r"before the deploy: no function 'added' is defined there"):
        source_before(deployed, "added")
    with pytest.raises(ToolError, match="give a name, a class_name or a path"):
        source_before(deployed)
    with pytest.raises(ToolError, match="does not exist"):
        source_before(deployed, path="../../etc/passwd")


def test_what_implements_a_declaration_is_meant_and_not_the_declaration(tmp_path: Path) -> None:
    client = (
        "package vault\n\ntype Client interface {{\n\tDerive(name string) string\n}}\n\ntype client struct{{}}\n\n"
        "func (c *client) Derive(name string) string {{\n\treturn {}\n}}\n"
    )
    deployed = deployment(tmp_path, [{"files": {"client.go": client.format(text)}} for text in ('"a"', "name")])
    assert 'return "a"' in source_before(deployed, "Derive", "", "client.go")
