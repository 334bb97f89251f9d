"""What else a commit changes cannot hide what it did to the failing line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from graph.settle import settle
from incidents.evidence import Evidence
from incidents.verdict import Verdict
from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

PRICES = """CATALOGUE = {"tea": 3}


def price_of(item):
    found = CATALOGUE.get(item)
    if found is None:
        return 0
    return found * 1
"""
UNGUARDED = PRICES.replace("    if found is None:\n        return 0\n", "")
CART = "from shop.prices import price_of\n\n\ndef total(items):\n    return sum(price_of(item) for item in items)\n"
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 5, in total
    return sum(price_of(item) for item in items)
  File "/srv/app/shop/prices.py", line 6, in price_of
    return found * 1
TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
"""
Files = Mapping[str, str]


def modules(folder: str, count: int = 400, lines: int = 10) -> Files:
    """New code that has nothing to do with the failure."""
    text = "".join(f"value_{number} = {number}\n" for number in range(lines))
    return {f"{folder}/part{number:03}.py": text for number in range(count)}


def seen(folder: Path, before: Files, guilty: Files, padding: Files, trace: str = TRACE) -> tuple[Evidence, str]:
    """The evidence of a window in which one commit does what is `guilty` together with the padding, and its id."""
    window: list[Change] = [
        {"files": {"shop/cart.py": CART, **before}},
        {"files": {"README.md": "the shop\n"}, "message": "Describe the shop"},
        {"files": {**guilty, **padding}, "message": "Tidy up"},
        {"files": {"shop/mail.py": "def send(to):\n    return to\n"}, "message": "Send mail"},
    ]
    built = build(folder, window)
    found = gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(trace))
    return found, built.shas[2]


def settled(evidence: Evidence) -> Verdict:
    """The verdict without a model."""
    return settle(evidence, lines_of=lambda path: None)


@pytest.mark.parametrize(
    "padding",
    [modules("other"), modules("shop"), modules("other", count=400, lines=120), {}],
    ids=["elsewhere", "beside it", "very large", "none"],
)
def test_a_removed_guard_is_named_whatever_else_its_commit_changes(tmp_path: Path, padding: Files) -> None:
    evidence, culprit = seen(tmp_path, {"shop/prices.py": PRICES}, {"shop/prices.py": UNGUARDED}, padding)
    assert evidence.suspects[0].commit.sha == culprit
    assert settled(evidence).culprit == culprit
    assert culprit in evidence.hit_failing_line


def test_padding_does_not_change_the_probability_of_a_direct_hit(tmp_path: Path) -> None:
    found = [
        seen(tmp_path / str(number), {"shop/prices.py": PRICES}, {"shop/prices.py": UNGUARDED}, padding)[0]
        for number, padding in enumerate(({}, modules("other")))
    ]
    alone, padded = (each.suspects[0].probability for each in found)
    assert padded == pytest.approx(alone, abs=0.05)


def test_padding_inside_the_failing_file_does_not_hide_it_either(tmp_path: Path) -> None:
    rows = "".join(f"VALUE_{number} = {number}\n" for number in range(9_000))
    trace = TRACE.replace("line 6", "line 9006")
    evidence, culprit = seen(
        tmp_path, {"shop/prices.py": PRICES}, {"shop/prices.py": rows + UNGUARDED}, {}, trace=trace
    )
    assert settled(evidence).culprit == culprit
    assert culprit not in evidence.read_in_part


def test_what_the_failing_line_calls_is_read_before_the_padding(tmp_path: Path) -> None:
    stock = "def amount_of(item):\n    return {'tea': 3}[item]\n"
    prices = (
        "from zoo.stock import amount_of\n\n\ndef price_of(item):\n    found = amount_of(item)\n    return found * 1\n"
    )
    after = stock.replace("{'tea': 3}[item]", "{'tea': 3}.get(item)")
    before = {"shop/prices.py": prices, "zoo/stock.py": stock}
    evidence, culprit = seen(tmp_path, before, {"zoo/stock.py": after}, modules("shop"))
    assert culprit in evidence.read_in_part
    assert "`amount_of`" in " ".join(evidence.suspects[0].reasons)
    assert evidence.suspects[0].commit.sha == culprit


def test_a_commit_that_was_not_read_in_full_keeps_none_from_being_sure(tmp_path: Path) -> None:
    evidence, culprit = seen(tmp_path, {"shop/prices.py": UNGUARDED}, {"other/new.py": "x = 1\n"}, modules("other"))
    verdict = settled(evidence)
    assert culprit in evidence.read_in_part
    assert evidence.none_probability > 0.8
    assert (verdict.outcome, verdict.confidence.word) == ("none", "medium")
    assert any(f"{culprit[:9]} was not read in full" in fact for fact in verdict.confidence.basis)


def test_a_moved_line_is_no_direct_hit(tmp_path: Path) -> None:
    moved = UNGUARDED.split("\n\n\n", 1)[1]
    before = {"shop/prices.py": UNGUARDED.split("\n\n\n", 1)[0] + "\n\n\n# prices\n", "shop/old.py": moved}
    guilty = {"shop/prices.py": UNGUARDED, "shop/old.py": "# moved to prices\n"}
    evidence, culprit = seen(tmp_path, before, guilty, {})
    assert culprit not in evidence.hit_failing_line
