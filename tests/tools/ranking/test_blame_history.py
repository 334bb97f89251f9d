"""What `blame` tells of the history alone: with a ranker that weighs nothing, every reason comes from who changed what."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from incidents.blame import Blame
from tests.repositories import START, Built, Change, build, extend
from tools.git.block_history import BlockHistory
from tools.git.repository import Repository
from tools.ranking.blame import blame
from tools.ranking.ranker import Weight, Weights
from tools.traces import parse

NOTHING = Weights(signals={}, none={})
ORDERS = """\
from shop.rates import rate

NAMES = {{
    "DE": {names},
}}


def country(order):
    return NAMES[order.country]


def price(order):
    net = rate(order)
    step = {step}
    return {failing}
"""
RATES = "def rate(order):\n    return order.rate + {}\n"


def orders(*, names: object = 0, step: object = 0, failing: str = "net * order.count") -> Change:
    return {"files": {"shop/orders.py": ORDERS.format(names=names, step=step, failing=failing)}}


def rates(number: int) -> Change:
    return {"files": {"shop/rates.py": RATES.format(number)}}


def shop(folder: Path, changes: Sequence[Change], after: int = 0, name: str = "repository") -> Built:
    start: Change = {"files": {**orders()["files"], **rates(0)["files"]}}
    built = build(folder, [start, *changes], name=name)
    notes: list[Change] = [{"files": {"notes": f"{number}\n"}} for number in range(after)]
    return Built(built.path, [*built.shas, *extend(built.path, notes)])


def trace(line: int, function: str, error: str = "ValueError") -> str:
    return f'Traceback (most recent call last):\n  File "/app/shop/orders.py", line {line}, in {function}\n{error}\n'


def asked(built: Built, text: str, *, weights: Weights = NOTHING, most: int = 10) -> Blame:
    return blame(Repository.open(built.path), "HEAD", parse(text), weights=weights, most=most)


def told(built: Built, found: Blame) -> dict[int, tuple[str, ...]]:
    """Number of the commit -> what is said of it, the first named first."""
    return {built.shas.index(each.commit.sha): each.reasons for each in found.changers}


PRICE = trace(15, "price")
WROTE = ("Wrote the line shop/orders.py:15.",)
CHANGED = ("Changed `price`, shop/orders.py:14.",)
REPLACED = ("Changed `price`, shop/orders.py:15.",)  # nothing is left of what it wrote
MADE = ("Wrote the line shop/orders.py:15.", "Changed `rate`, shop/rates.py:1, which the failing code calls.")


def test_the_last_three_changes_of_a_failing_function_are_told_and_who_wrote_the_line(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=number) for number in range(1, 6)])
    assert told(built, asked(built, PRICE)) == {5: CHANGED, 4: REPLACED, 3: REPLACED, 0: MADE}


@pytest.mark.parametrize(("later", "found"), [(11, True), (12, False)])
def test_who_wrote_the_line_is_looked_for_among_twelve_changes(tmp_path: Path, later: int, found: bool) -> None:
    built = shop(
        tmp_path, [rates(1), orders(failing="net"), *(orders(step=n, failing="net") for n in range(1, later + 1))]
    )
    listed = told(built, asked(built, PRICE))
    assert (listed.get(2) == WROTE) is found
    assert [number for number in listed if number > 2] == [later + 2, later + 1, later]


def test_of_what_is_called_and_of_a_value_the_last_two_changes_are_told(tmp_path: Path) -> None:
    built = shop(tmp_path, [rates(1), rates(2), rates(3)])
    calls = ("Changed `rate`, shop/rates.py:1, which the failing code calls.",)
    assert told(built, asked(built, PRICE)) == {3: calls, 2: calls, 0: WROTE}
    other = shop(tmp_path / "other", [orders(names=number) for number in (1, 2, 3)])
    uses = ("Changed `NAMES`, shop/orders.py:3, which the failing line uses.",)
    assert told(other, asked(other, trace(9, "country", "KeyError: 'FR'"))) == {
        3: uses,
        2: uses,
        0: ("Wrote the line shop/orders.py:9.",),
    }


def test_of_the_words_of_a_message_the_last_change_is_told_and_who_wrote_them(tmp_path: Path) -> None:
    text = 'def check(order):\n    if {}:\n        raise ValueError("the order has no rows at all")\n'
    changes: list[Change] = [{"files": {"shop/check.py": text.format(f"order is {what}")}} for what in "abc"]
    built = shop(tmp_path, changes)
    found = asked(built, "ERROR the order has no rows at all")
    holds = ("Changed `check`, shop/check.py:3, which holds the words of the message.",)
    assert told(built, found) == {3: holds, 1: holds}
    assert found.missing == ("The text holds no stack trace: only the words of its message could be looked for.",)


def test_at_most_as_many_as_were_asked_for_are_listed_the_newest_first_among_equals(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=1), orders(step=2)])
    assert list(told(built, asked(built, PRICE, most=2))) == [2, 1]
    assert len(asked(built, PRICE, most=1).changers) == 1


def test_the_further_back_a_change_lies_the_less_it_counts(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=1)], after=40)
    found = asked(built, PRICE)
    assert {each.back: each.score for each in found.changers} == {
        back: pytest.approx(-math.log1p(back)) for back in (40, 41)
    }
    # The thirty newest commits are compared too.
    assert (found.commits, found.looked_at, found.missing) == (32, 2, ())
    assert (found.revision, found.oldest) == (built.shas[-1], datetime.fromtimestamp(START, UTC))


def test_who_made_a_function_comes_just_after_whoever_changed_it_and_has_something_against_them(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=1), orders(step=2)], after=3)
    signals = {"touched_trace_file": Weight(weight=4.0), "wrote_any_new_line": Weight(weight=9.0)}
    newest, older, maker = asked(built, PRICE, weights=Weights(signals=signals, none={})).changers
    assert (newest.back, older.back, maker.back) == (3, 4, 5)
    assert newest.score > older.score
    assert older.score > -math.log1p(4)
    assert maker.score == pytest.approx(older.score - 0.001)


@pytest.mark.parametrize(("against", "score"), [(-4.0, None), (0.0, None), (0.5, 0.5)])
def test_who_made_a_function_stays_first_unless_something_speaks_against_who_changed_it(
    tmp_path: Path, against: float, score: float | None
) -> None:
    built = shop(tmp_path, [orders(step=1)])
    signals = {"wrote_any_new_line": Weight(weight=9.0), "touched_trace_file": Weight(weight=against)}
    found = {each.back: each.score for each in asked(built, PRICE, weights=Weights(signals=signals, none={})).changers}
    maker = 9.0 + against - math.log1p(1) if score is None else score - 0.001
    assert found == {0: pytest.approx(against), 1: pytest.approx(maker)}


def test_two_measured_reasons_come_before_the_history_and_the_third_only_where_there_is_none(tmp_path: Path) -> None:
    signals = {"focus": 9.0, "subject_names_failure": 3.0, "changed_variable_parts": 0.5}
    weights = Weights(signals={name: Weight(weight=value) for name, value in signals.items()}, none={})
    first: Change = {
        "files": {**orders(step=9)["files"], "shop/discount.py": "discount = 0\n"},
        "message": "The discount",
    }
    changes = [first, *(orders(step=number) for number in range(3))]
    last, old = shop(tmp_path, changes[:1], name="last"), shop(tmp_path, changes, name="old")
    text = trace(15, "price", "ValueError: no discount")
    measured = told(old, asked(old, text, weights=weights))[1]
    assert len(measured) == 3
    assert told(last, asked(last, text, weights=weights))[1] == (*measured[:2], *CHANGED)


def test_a_line_is_followed_through_commits_that_are_not_compared(tmp_path: Path) -> None:
    moved = str(orders(failing="net")["files"]["shop/orders.py"])
    lower: Change = {"files": {"shop/orders.py": "import one\nimport two\nimport three\n" + moved}}
    built = shop(tmp_path, [orders(failing="net"), lower], after=40)
    weights = Weights(signals={"wrote_any_new_line": Weight(weight=9.0)}, none={})
    first = asked(built, trace(18, "price"), weights=weights).changers[0]
    assert (first.commit.sha, first.reasons) == (
        built.shas[1],
        ("Wrote the line that fails, shop/orders.py:18 in `price`.",),
    )


def test_ten_are_listed_unless_somebody_asks_for_more(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=number) for number in range(1, 12)])
    weights = Weights(signals={"touched_trace_file": Weight(weight=4.0)}, none={})
    repository = Repository.open(built.path)
    assert len(blame(repository, "HEAD", parse(PRICE), weights=weights).changers) == 10
    assert len(asked(built, PRICE, weights=weights, most=20).changers) == 12


def test_what_was_measured_is_told_first_and_the_history_where_no_file_was_named(tmp_path: Path) -> None:
    words: Change = {**orders(step=1), "message": "Raise the steps of orders"}
    built = shop(tmp_path, [words])
    file = Weights(signals={"touched_trace_file": Weight(weight=4.0)}, none={})
    assert told(built, asked(built, PRICE, weights=file))[1] == ("Changed shop/orders.py, where it fails.",)
    assert told(built, asked(built, PRICE))[1] == CHANGED


@pytest.mark.parametrize("text", ["hello", trace(1, "f", "KeyError: 'x'").replace("shop/orders", "other/thing")])
def test_where_nothing_was_found_the_newest_commits_were_compared(tmp_path: Path, text: str) -> None:
    built = shop(tmp_path, [])
    found = asked(built, text)
    first = {
        False: "The text holds no stack trace: only the words of its message could be looked for.",
        True: "No frame of the trace lies in a file of the repository: only the message could be looked for.",
    }["Traceback" in text]
    second = "Nothing in the repository was found that the error depends on; the newest commits were compared."
    assert found.missing == (first, second)
    assert (found.changers, found.commits, found.looked_at) == ((), 1, 0)


def test_a_history_that_was_not_looked_through_is_said_to_be_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = shop(tmp_path, [orders(step=1)])
    monkeypatch.setattr("tools.ranking.blame.BlockHistory", partial(BlockHistory, looks=0))
    said = "The history is longer than what was looked at: older changes are not listed."
    assert asked(built, PRICE).missing == (said,)


def test_a_changed_function_is_named_with_a_line_that_the_commit_wrote(tmp_path: Path) -> None:
    built = shop(tmp_path, [orders(step=1)], after=40)
    found = asked(built, trace(13, "price"))
    assert any("shop/orders.py:14" in reason for each in found.changers for reason in each.reasons)
    changer = next(each for each in found.changers if each.commit.sha == built.shas[1])
    assert changer.reasons[0] == "Changed `price`, shop/orders.py:14."
