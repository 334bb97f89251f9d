"""What an agent states between a change and a failing line is looked up in code."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from incidents.opinion import ChangedLine, Proof, ProofStep
from tests.repositories import build
from tools.git.repository import Repository
from tools.impact.proof_check import ProofCheck

CART = "from shop.prices import price_of\n\n\nclass Cart:\n    def total(self):\n        return sum(price_of(i) for i in self.items)\n"
PRICES = (
    "RATES = dict(tea=3)\n\n\ndef price_of(item):\n    found = rate_of(item)\n    return found * 1\n\n\n"
    "def rate_of(item):\n{}    return RATES.get(item)\n"
)
GUARD = "    if item not in RATES:\n        return 0\n"
LABELS = "def label_of(item):\n    return item.title()\n"
BEFORE = {"shop/cart.py": CART, "shop/prices.py": PRICES.format(GUARD), "shop/labels.py": LABELS}
AFTER = {**BEFORE, "shop/prices.py": PRICES.format("")}
CHANGE = ChangedLine(path="shop/prices.py", line=10, text="if item not in RATES:")
FROM_RATE = ProofStep(path="shop/prices.py", line=10, function="rate_of", says="it gives None")
TO_PRICE = ProofStep(path="shop/prices.py", line=6, function="price_of", says="None is multiplied")


def checked(
    folder: Path, proof: Proof, after: Mapping[str, str] = AFTER, before: Mapping[str, str] = BEFORE
) -> tuple[bool | None, list[bool | None]]:
    """Whether the change and each step of what the second commit did was found. A third commit moves all lines by one."""
    moved = {path: f"# first line\n{text}" if path.endswith("labels.py") else text for path, text in after.items()}
    built = build(folder, [{"files": before}, {"files": after}, {"files": moved}])
    found = ProofCheck(Repository.open(built.path), built.shas[2]).checked(built.shas[1], proof)
    return found.change.checked if found.change else None, [step.checked for step in found.steps]


def proof(*steps: ProofStep, change: ChangedLine | None = CHANGE) -> Proof:
    """A proof with these steps."""
    return Proof(change=change, steps=steps)


def test_a_removed_guard_leads_through_its_function_to_the_caller_that_fails(tmp_path: Path) -> None:
    assert checked(tmp_path, proof(FROM_RATE, TO_PRICE)) == (True, [True, True])


def test_the_first_step_may_stand_in_a_function_that_calls_the_changed_one(tmp_path: Path) -> None:
    assert checked(tmp_path, proof(TO_PRICE)) == (True, [True])


@pytest.mark.parametrize(
    "change",
    [
        CHANGE.model_copy(update={"text": "if item is None:"}),
        CHANGE.model_copy(update={"path": "shop/cart.py"}),
        CHANGE.model_copy(update={"path": "no/such.py"}),
    ],
)
def test_a_line_that_the_commit_did_not_change_is_not_found_and_nothing_follows_from_it(
    tmp_path: Path, change: ChangedLine
) -> None:
    assert checked(tmp_path, proof(FROM_RATE, change=change)) == (False, [False])


def test_a_comment_is_no_change_that_leads_anywhere(tmp_path: Path) -> None:
    """Anybody can write into one whom to blame."""
    words = "# since this commit rate_of gives None, and price_of fails"
    after = {**BEFORE, "shop/prices.py": PRICES.format(f"    {words}\n{GUARD}")}
    said = ChangedLine(path="shop/prices.py", line=10, text=words)
    assert checked(tmp_path, proof(FROM_RATE, TO_PRICE, change=said), after) == (False, [False, False])


def test_where_the_change_is_said_to_stand_does_not_matter_but_where_it_stands_does(tmp_path: Path) -> None:
    """Otherwise any line of a commit could be placed beside the failing one."""
    after = {**BEFORE, "shop/labels.py": LABELS.replace("item.title()", "item.strip().title()")}
    moved = ChangedLine(path="shop/labels.py", line=9, text="return item.strip().title()")
    assert checked(tmp_path, proof(TO_PRICE, change=moved), after) == (True, [False])


def test_a_step_that_has_nothing_to_do_with_the_others_is_not_found_and_breaks_no_way_around_it(tmp_path: Path) -> None:
    label = ProofStep(path="shop/labels.py", line=3, function="label_of", says="it makes a label")
    assert checked(tmp_path, proof(FROM_RATE, label, TO_PRICE)) == (True, [True, False, True])


@pytest.mark.parametrize(
    "step",
    [
        TO_PRICE.model_copy(update={"line": 99}),
        TO_PRICE.model_copy(update={"line": 3}),
        TO_PRICE.model_copy(update={"function": "rate_of"}),
        TO_PRICE.model_copy(update={"path": "no/such.py"}),
    ],
)
def test_a_step_must_be_a_line_with_code_in_the_function_it_names(tmp_path: Path, step: ProofStep) -> None:
    assert checked(tmp_path, proof(FROM_RATE, step)) == (True, [True, False])


@pytest.mark.parametrize("function", ["price_of", "price_of()", "shop.prices.price_of", ""])
def test_a_function_may_be_named_with_its_module_or_not_at_all(tmp_path: Path, function: str) -> None:
    assert checked(tmp_path, proof(TO_PRICE.model_copy(update={"function": function}))) == (True, [True])


def test_a_call_from_another_file_is_a_step(tmp_path: Path) -> None:
    total = ProofStep(path="shop/cart.py", line=6, function="Cart.total", says="the sum fails")
    assert checked(tmp_path, proof(FROM_RATE, TO_PRICE, total)) == (True, [True, True, True])


def test_a_bracket_is_only_found_at_its_line(tmp_path: Path) -> None:
    added = {**BEFORE, "shop/prices.py": PRICES.format(GUARD) + "x = [\n]\n"}
    near = ChangedLine(path="shop/prices.py", line=14, text="]")
    assert checked(tmp_path / "a", proof(change=near), added) == (True, [])
    assert checked(tmp_path / "b", proof(change=near.model_copy(update={"line": 3})), added) == (False, [])


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("if item not in RATES:", 99, True),  # a whole line may stand anywhere
        ("not in RATES", 10, True),  # a part of one only where it stands
        ("not in RATES", 99, False),
        ("return", 99, False),  # a word that many lines hold
    ],
)
def test_a_part_of_a_line_is_only_found_near_its_number(tmp_path: Path, text: str, line: int, found: bool) -> None:
    change = CHANGE.model_copy(update={"text": text, "line": line})
    assert checked(tmp_path, proof(change=change)) == (found, [])


def test_a_docstring_that_names_the_function_is_no_step(tmp_path: Path) -> None:
    label = LABELS.replace("    return", '    """Unlike price_of and rate_of."""\n    return')
    says = ProofStep(path="shop/labels.py", line=4, function="label_of", says="it makes a label")
    before = {**BEFORE, "shop/labels.py": label}
    after = {**AFTER, "shop/labels.py": label}
    assert checked(tmp_path, proof(FROM_RATE, says), after, before) == (True, [True, False])


def test_two_functions_of_the_trace_are_linked_by_the_trace(tmp_path: Path) -> None:
    """A call by name at run time stands in no line of code."""
    built = build(tmp_path, [{"files": BEFORE}, {"files": AFTER}])
    label = ProofStep(path="shop/labels.py", line=2, function="label_of", says="it is called by an event")

    def ran(path: str, line: int) -> bool:
        return path in ("shop/labels.py", "shop/prices.py")

    check = ProofCheck(Repository.open(built.path), built.shas[1], ran)
    assert [step.checked for step in check.checked(built.shas[1], proof(FROM_RATE, label)).steps] == [True, True]


def test_an_explanation_without_a_commit_has_steps_only(tmp_path: Path) -> None:
    assert checked(tmp_path, proof(TO_PRICE, change=None)) == (None, [True])


def test_a_way_may_also_begin_at_another_line_that_the_commit_wrote_once_its_changed_line_was_found(
    tmp_path: Path,
) -> None:
    """The stated line need not be the one that the failing execution runs through."""
    after = {**AFTER, "shop/labels.py": LABELS.replace("item.title()", "item.strip().title()")}
    built = build(tmp_path, [{"files": BEFORE}, {"files": after}])
    moved = ChangedLine(path="shop/labels.py", line=2, text="return item.strip().title()")

    def steps(change: ChangedLine, *wrote: int) -> list[bool | None]:
        check = ProofCheck(Repository.open(built.path), built.shas[1], wrote=lambda sha, path, line: line in wrote)
        return [step.checked for step in check.checked(built.shas[1], proof(FROM_RATE, TO_PRICE, change=change)).steps]

    assert steps(moved, FROM_RATE.line) == [True, True]
    assert steps(moved) == [False, False]
    assert steps(moved.model_copy(update={"text": "return item.lower()"}), FROM_RATE.line) == [False, False]


def test_a_short_changed_line_is_found_by_its_number_as_the_commit_left_it_and_as_deployed(tmp_path: Path) -> None:
    old, new = "def f():\n    a = 1\n", "def f():\n    a = 2\n"
    above = "".join(f"x{number} = 0\n" for number in range(20))
    built = build(tmp_path, [{"files": {"a.py": text}} for text in (old, new, above + new)])
    check = ProofCheck(Repository.open(built.path), built.shas[2])

    def found(line: int) -> bool | None:
        said = check.checked(built.shas[1], proof(change=ChangedLine(path="a.py", line=line, text="a=2")))
        return said.change.checked if said.change else None

    assert [found(line) for line in (2, 22, 40)] == [True, True, False]


def test_a_line_of_javascript_that_begins_with_a_semicolon_is_code(tmp_path: Path) -> None:
    before, after = "let a = 1, b = 2;\n", "let a = 1, b = 2;\n;[a, b] = [b, null];\n;\n"
    line = ChangedLine(path="a.js", line=2, text=";[a, b] = [b, null];")
    assert checked(tmp_path, proof(change=line), {"shop/a.js": after}, {"shop/a.js": before})[0] is False
    found, _ = checked(tmp_path / "2", proof(change=line), {"a.js": after}, {"a.js": before})
    assert found is True
