"""A cited line counts when git says that the commit wrote it and the failing execution runs through it."""

from pathlib import Path

import pytest

from incidents.opinion import ChangedLine, Proof, ProofStep
from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact.step_check import StepCheck
from tools.ranking.gather import gather
from tools.traces import parse

TAX = "def rate_of(country):\n    return lookup(country)\n\n\ndef lookup(country):\n    return {'home': 2}[country]\n"
CART = """from shop.tax import rate_of

TITLE = "cart"


def total(items, country):
    prices = [item.price for item in items]
    if not prices:
        return 0
    return sum(prices) / rate_of(country)


def empty(items):
    return not items
"""
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 5, in show
    return total(cart, country)
  File "/srv/app/shop/cart.py", line 9, in total
    return sum(prices) / rate_of(country)
ZeroDivisionError: division by zero
"""
VIEW = "from shop.cart import total\n\n\ndef show(cart, country):\n    return total(cart, country)\n"
NAMES = ("start", "other", "title", "comment", "callee", "second", "guard")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[StepCheck, dict[str, str]]:
    """A window of small changes around a removed guard; the ids by name. Lines are those of the last commit."""
    cart, tax = CART, TAX
    changes: list[Change] = [{"files": {"shop/cart.py": cart, "shop/tax.py": tax, "shop/view.py": VIEW}}]

    def change(path: str, old: str, new: str) -> None:
        nonlocal cart, tax
        text = cart if path == "shop/cart.py" else tax
        assert old in text
        cart, tax = (text.replace(old, new), tax) if path == "shop/cart.py" else (cart, text.replace(old, new))
        changes.append({"files": {path: text.replace(old, new)}})

    change("shop/cart.py", "return not items", "return len(items) == 0")
    change("shop/cart.py", 'TITLE = "cart"', 'TITLE = "the cart"')
    change("shop/cart.py", "    prices = [", "    # all prices\n    prices = [")
    change("shop/tax.py", "return lookup(country)", "return lookup(country) or 0")
    change("shop/tax.py", "{'home': 2}[country]", "{'home': 2}.get(country)")
    change("shop/cart.py", "    if not prices:\n        return 0\n", "")
    built = build(tmp_path_factory.mktemp("steps"), changes)
    repository = Repository.open(built.path)
    evidence = gather(repository, built.shas[0], built.shas[-1], parse(TRACE))
    return StepCheck(repository, evidence), dict(zip(NAMES, built.shas, strict=True))


@pytest.mark.parametrize(
    ("commit", "path", "line", "away"),
    [
        ("guard", "shop/cart.py", 9, 0),  # it cut the guard above the failing line
        ("guard", "shop/cart.py", 8, 0),
        ("callee", "shop/tax.py", 2, 1),  # the failing line calls rate_of
        ("second", "shop/tax.py", 6, 2),  # which calls lookup
        ("other", "shop/cart.py", 13, None),  # its own line, of a function that did not run
        ("other", "shop/cart.py", 9, None),  # the failing line, which it did not write
        ("title", "shop/cart.py", 3, None),  # its own line in a file of the trace, used by nothing there
        ("comment", "shop/cart.py", 7, None),  # says nothing to the program
        ("guard", "shop/tax.py", 2, None),
        ("guard", "no/such.py", 1, None),
    ],
)
def test_only_a_commits_own_code_on_the_failing_way_ties_it_to_the_failure(
    checked: tuple[StepCheck, dict[str, str]], commit: str, path: str, line: int, away: int | None
) -> None:
    steps, shas = checked
    assert steps.calls_away(shas[commit], path, line) == away


@pytest.mark.parametrize(
    ("commit", "path", "line", "clears"),
    [
        ("other", "shop/cart.py", 9, True),  # a line of the failing function that is not its own
        ("other", "shop/cart.py", 13, False),  # not on the way
        ("callee", "shop/cart.py", 9, True),
        ("guard", "shop/cart.py", 6, False),  # it hits the failing line, whatever else is cited
    ],
)
def test_a_line_of_the_failing_path_clears_who_did_not_write_it(
    checked: tuple[StepCheck, dict[str, str]], commit: str, path: str, line: int, clears: bool
) -> None:
    steps, shas = checked
    assert steps.clears(shas[commit], path, line) is clears


def test_a_directive_at_the_head_of_a_file_of_the_trace_governs_it(tmp_path: Path) -> None:
    code = "<?php\n\nfunction total($cart) {\n    return strlen($cart);\n}\n"
    strict = code.replace("<?php\n", "<?php declare(strict_types=1);\n")
    built = build(tmp_path, [{"files": {"src/cart.php": code}}, {"files": {"src/cart.php": strict}}])
    repository = Repository.open(built.path)
    log = "PHP Fatal error:  Uncaught TypeError: strlen(): null given in /srv/app/src/cart.php:4\nStack trace:\n"
    log += "#0 /srv/app/src/cart.php(4): strlen(NULL)\n#1 {main}\n  thrown in /srv/app/src/cart.php on line 4\n"
    evidence = gather(repository, built.shas[0], built.shas[1], parse(log))
    assert StepCheck(repository, evidence).calls_away(built.shas[1], "src/cart.php", 1) == 0


def test_both_ends_of_an_explanation_can_be_looked_up(checked: tuple[StepCheck, dict[str, str]]) -> None:
    steps, shas = checked
    assert steps.wrote(shas["other"], "shop/cart.py", 13)
    assert not steps.wrote(shas["other"], "shop/cart.py", 9)
    assert steps.in_trace("shop/cart.py", 9)
    assert not steps.in_trace("shop/cart.py", 13)
    assert not steps.in_trace("no/such.py", 1)


RATE = ChangedLine(path="shop/tax.py", line=6, text="return {'home': 2}.get(country)")
STEPS = (
    ProofStep(path="shop/tax.py", line=6, function="lookup", says="nothing is found"),
    ProofStep(path="shop/tax.py", line=2, function="rate_of", says="it gives 0"),
    ProofStep(path="shop/cart.py", line=9, function="total", says="it is divided by 0"),
)


def test_an_explanation_arrives_in_a_function_of_the_trace(checked: tuple[StepCheck, dict[str, str]]) -> None:
    steps, shas = checked
    whole = steps.checked(shas["second"], Proof(change=RATE, steps=STEPS))
    assert (whole.arrives, whole.complete) == (True, True)
    short = steps.checked(shas["second"], Proof(change=RATE, steps=STEPS[:2]))
    assert (short.arrives, short.complete, [step.checked for step in short.steps]) == (False, False, [True, False])


def test_without_a_frame_of_this_code_its_steps_are_found_but_it_cannot_be_told_to_arrive(tmp_path: Path) -> None:
    built = build(
        tmp_path, [{"files": {"shop/tax.py": TAX}}, {"files": {"shop/tax.py": TAX.replace("'home': 2", "'home': 0")}}]
    )
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse("ERROR: rate_of is zero"))
    change = ChangedLine(path="shop/tax.py", line=6, text="return {'home': 0}[country]")
    found = StepCheck(Repository.open(built.path), evidence).checked(
        built.shas[1], Proof(change=change, steps=STEPS[:2])
    )
    assert [step.checked for step in found.steps] == [True, True]
    assert (found.began, found.arrives, found.complete) == (True, False, False)


def test_a_window_that_was_read_for_the_evidence_is_not_read_again(
    checked: tuple[StepCheck, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, shas = checked
    monkeypatch.setattr("tools.impact.step_check.read_window", None)
    again = StepCheck(steps.repository, steps.evidence)
    assert again.calls_away(shas["second"], "shop/tax.py", 6) == 2


def test_an_id_is_known_from_before_the_deploy_only_when_such_a_commit_is_there(
    checked: tuple[StepCheck, dict[str, str]],
) -> None:
    steps, shas = checked
    assert steps.from_before(shas["start"][:9])
    assert not steps.from_before(shas["guard"][:9])  # of the deploy
    assert not steps.from_before("0a1b2c3d4e")
    assert not steps.from_before("HEAD")
