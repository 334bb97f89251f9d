"""Who last changed what a failing execution depends on, in real repositories with a long innocent history on top."""

from pathlib import Path

import pytest

from incidents.blame import Blame
from tests.repositories import Built, Change, build, extend, git, without_files
from tools.git.repository import Repository
from tools.ranking.blame import blame
from tools.traces import parse

SHOP = """\
from shop.rates import rate

NAMES = {
    "DE": "Germany",
    "FR": "France",
}


def country(order):
    if order is None:
        return ""
    return NAMES[order.country]


def price(order):
    net = rate(order)
    return net * order.count
"""
RATES = "def rate(order):\n    return TABLE.get(order.kind)\n\n\nTABLE = {}\n"


def long_ago(folder: Path, *changes: Change) -> Built:
    """The shop, `changes`, and 50 commits that touch nothing of it."""
    copies = {f"{folder}/copies/one.py": "ONE = 1\n" for folder in ("a", "b")}
    first: Change = {"files": {"shop/orders.py": SHOP, "shop/rates.py": RATES, **copies}, "message": "shop"}
    built = build(folder, [first, *changes])
    extend(built.path, [{"files": {"notes": f"{number}\n"}, "message": f"note {number}"} for number in range(50)])
    return built


def asked(built: Built, text: str, revision: str = "HEAD") -> Blame:
    return blame(Repository.open(built.path), revision, parse(text))


def trace(line: int, function: str, error: str) -> str:
    return f'Traceback (most recent call last):\n  File "/app/shop/orders.py", line {line}, in {function}\n{error}\n'


def test_who_wrote_the_failing_line(tmp_path: Path) -> None:
    changed = SHOP.replace("order.count", "order.pieces")
    built = long_ago(tmp_path, {"files": {"shop/orders.py": changed}})
    found = asked(built, trace(17, "price", "AttributeError: 'Order' object has no attribute 'pieces'"))
    assert (found.changers[0].commit.sha, found.changers[0].back) == (built.shas[1], 50)
    assert found.changers[0].reasons[0] == "Wrote the line that fails, shop/orders.py:17 in `price`."


def test_a_shallow_clone_answers_from_the_commits_that_it_has(tmp_path: Path) -> None:
    changed = SHOP.replace("order.count", "order.pieces")
    edge: Change = {"files": {"shop/rates.py": RATES + "\n\nEMPTY = {}\n"}}
    built = build(tmp_path / "whole", [{"files": {"shop/orders.py": SHOP, "shop/rates.py": RATES}}, edge])
    extend(built.path, [{"files": {"shop/orders.py": changed}}])
    git(tmp_path, "clone", "-q", "--depth", "2", built.path.as_uri(), "shallow")
    text = trace(17, "price", "AttributeError: 'Order' object has no attribute 'pieces'")
    found = blame(Repository.open(tmp_path / "shallow"), "HEAD", parse(text))
    assert found.changers[0].back == 0
    assert found.changers[0].reasons[0] == "Wrote the line that fails, shop/orders.py:17 in `price`."


def test_who_removed_the_guard_above_it(tmp_path: Path) -> None:
    changed = SHOP.replace('    if order is None:\n        return ""\n', "")
    built = long_ago(tmp_path, {"files": {"shop/orders.py": changed}})
    found = asked(built, trace(10, "country", "AttributeError: 'NoneType' object has no attribute 'country'"))
    assert found.changers[0].commit.sha == built.shas[1]


def test_who_changed_what_the_failing_line_calls_in_another_file(tmp_path: Path) -> None:
    changed = RATES.replace("TABLE.get(order.kind)", "TABLE.get(order.kind) if order else None")
    built = long_ago(tmp_path, {"files": {"shop/rates.py": changed}})
    found = asked(built, trace(17, "price", "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"))
    listed = {each.commit.sha: each.reasons for each in found.changers}
    assert any("`rate`" in reason and "shop/rates.py" in reason for reason in listed[built.shas[1]])


def test_who_changed_the_table_it_reads(tmp_path: Path) -> None:
    built = long_ago(tmp_path, {"files": {"shop/orders.py": SHOP.replace('    "FR": "France",\n', "")}})
    found = asked(built, trace(11, "country", "KeyError: 'FR'"))
    assert found.changers[0].commit.sha == built.shas[1]
    assert found.changers[0].reasons[0] == "Removed `FR` (shop/orders.py:5), which the error misses."


def test_of_two_changes_of_a_line_the_one_that_stands_is_named_first(tmp_path: Path) -> None:
    one, two = SHOP.replace("order.count", "order.pieces"), SHOP.replace("order.count", "order.amount")
    built = long_ago(tmp_path, {"files": {"shop/orders.py": one}}, {"files": {"shop/orders.py": two}})
    found = asked(built, trace(17, "price", "AttributeError: 'Order' object has no attribute 'amount'"))
    assert [each.commit.sha for each in found.changers[:2]] == [built.shas[2], built.shas[1]]


def test_the_newest_commits_are_compared_even_if_they_leave_no_line(tmp_path: Path) -> None:
    built = long_ago(tmp_path)
    extend(built.path, [{"files": {"shop/rates.py": RATES.replace("TABLE = {}", "")}, "message": "no table"}])
    found = asked(built, "NameError: name 'TABLE' is not defined")
    assert found.changers[0].back == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ERROR something went wrong here", "The text holds no stack trace"),
        (trace(1, "f", "KeyError: 'x'").replace("shop/orders", "other/thing"), "No frame of the trace lies in a file"),
        (trace(1, "f", "KeyError: 'x'").replace("shop/orders", "copies/one"), "copies/one.py may be any of 2 files"),
    ],
)
def test_what_is_not_known_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert any(each.startswith(said) for each in asked(long_ago(tmp_path), text).missing)


def test_of_a_clone_without_the_files_it_is_not_said_that_the_trace_lies_elsewhere(tmp_path: Path) -> None:
    text = SHOP.replace("order.count", "order.number_that_nobody_has_read")
    built = build(tmp_path, [{"files": {"shop/orders.py": text}}])
    found = blame(Repository.open(without_files(built)), "HEAD", parse(trace(17, "price", "KeyError: 'x'")))
    assert found.missing[:2] == (
        "No file of the trace could be read: only the message could be looked for.",
        "This clone is not complete: the content of a file is not in it.",
    )


def test_an_older_revision_is_asked_without_what_came_after(tmp_path: Path) -> None:
    built = long_ago(tmp_path, {"files": {"shop/orders.py": SHOP.replace("order.count", "order.pieces")}})
    found = asked(built, trace(17, "price", "AttributeError: count"), built.shas[0])
    assert {each.commit.sha for each in found.changers} == {built.shas[0]}


def test_who_only_speaks_of_the_failing_code_did_not_change_it(tmp_path: Path) -> None:
    spoken: Change = {"files": {"web/orders.js": "export const price = 1;\n"}, "message": "orders: price of an order"}
    built = long_ago(tmp_path, {"files": {"shop/orders.py": SHOP.replace("order.count", "order.pieces")}})
    extend(built.path, [spoken])  # among the newest commits, which are compared whatever they touch
    found = asked(built, trace(17, "price", "AttributeError: 'Order' object has no attribute 'pieces'"))
    changed = {each.back: each.changed for each in found.changers}
    assert changed[0] == ""
    assert changed[51] == "Wrote the line that fails, shop/orders.py:17 in `price`."
