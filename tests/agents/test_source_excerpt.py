"""The source beside a trace: centred on the failing line, with who wrote each line, callees and the file's head."""

from pathlib import Path

import pytest

from agents.case import Case, open_case
from agents.limits import Limits
from agents.prompt import render
from agents.source_excerpt import SourceReader
from incidents.trace import Failure, Frame, StackTrace
from tests.repositories import build
from tests.shop import Shop
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

HELPER = '''from decimal import Decimal

from shop.rates import RATES


def rate_of(item):
    """Say
    a lot."""
    return RATES[item]
'''
FAILING = """

def price_of(item):
    found = rate_of(item)
    return Decimal(found)
"""


def opened(folder: Path, line: int, files: list[dict[str, str]]) -> Case:
    """The case of a failure at that line of shop/prices.py."""
    built = build(folder, [{"files": each, "message": f"commit {place}"} for place, each in enumerate(files)])
    repository = Repository.open(built.path)
    trace = f'Traceback (most recent call last):\n  File "/srv/app/shop/prices.py", line {line}, in price_of\n    x\nKeyError: 1\n'
    found = gather(repository, built.shas[0], built.shas[-1], parse(trace))
    return open_case(found, repository, Limits(), raw_trace=trace, service="shop", environment="production")


def test_the_failing_line_is_marked_and_the_callers_follow(shop: Shop) -> None:
    shown = shop.case().code_text
    assert ">    6         return found * 1" in shown
    assert shown.index("shop/prices.py, function price_of, lines 4-6") < shown.index(
        "shop/cart.py, function Cart.total"
    )
    assert shown.count("shop/cart.py") == 1


def test_lines_of_the_deploy_bear_the_number_of_their_commit_and_older_ones_nothing(tmp_path: Path) -> None:
    new = FAILING.replace("found = rate_of(item)", "found = rate_of(item.name)")
    case = opened(tmp_path, 13, [{"shop/prices.py": HELPER + FAILING}, {"shop/prices.py": HELPER + new}])
    assert ">   13 #1      found = rate_of(item.name)" in case.code_text
    assert "    14         return Decimal(found)" in case.code_text


def test_a_commit_without_a_number_stands_beside_its_lines_too_and_nobody_says_that_they_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.case._HIGHEST_NUMBER", 0)  # as beyond the 99th commit of a deploy
    new = FAILING.replace("found = rate_of(item)", "found = rate_of(item.name)")
    case = opened(tmp_path, 13, [{"shop/prices.py": HELPER + FAILING}, {"shop/prices.py": HELPER + new}])
    assert f">   13 #{case.window[-1].sha[:7]}" in case.code_text
    assert "no commit of the deploy wrote" not in render("chain_of_thought", case=case).user


def test_a_comment_of_the_code_is_no_mark_of_a_commit(tmp_path: Path) -> None:
    commented = FAILING.replace("    found = rate_of(item)", "    # 13 #1 of the old list\n    found = rate_of(item)")
    case = opened(
        tmp_path,
        14,
        [{"shop/prices.py": HELPER + commented}, {"shop/prices.py": HELPER + commented, "b.py": "x = 1\n"}],
    )
    assert "# 13 #1 of the old list" in case.code_text
    assert "no commit of the deploy wrote any of these lines" in render("chain_of_thought", case=case).user


def test_what_the_failing_line_calls_is_shown_without_its_docstring(tmp_path: Path) -> None:
    case = opened(
        tmp_path, 13, [{"shop/prices.py": HELPER + FAILING}, {"shop/prices.py": HELPER + FAILING, "b.py": "x = 1\n"}]
    )
    assert "function rate_of, lines 6-9, called there" in case.code_text
    assert "return RATES[item]" in case.code_text
    assert "a lot" not in case.code_text


def test_imports_of_what_the_failing_line_names_are_shown(tmp_path: Path) -> None:
    case = opened(
        tmp_path, 14, [{"shop/prices.py": HELPER + FAILING}, {"shop/prices.py": HELPER + FAILING, "b.py": "x = 1\n"}]
    )
    assert "1     from decimal import Decimal" in case.code_text
    assert "from shop.rates" not in case.code_text


def test_a_line_beyond_the_file_shows_nothing(shop: Shop) -> None:
    frame = Frame(path="shop/cart.py", repo_path="shop/cart.py", line=999)
    evidence = shop.evidence().model_copy(update={"trace": StackTrace(failures=(Failure(frames=(frame,)),))})
    case = open_case(evidence, shop.repository(), Limits(), raw_trace="", service="shop", environment="production")
    assert case.code_text == ""


def test_the_blocks_and_what_stands_between_them_fit_so_that_nothing_is_cut_in_the_middle(shop: Shop) -> None:
    """`fence` cuts a text that is longer in its middle, where the failing line stands."""
    case = shop.case()
    reader = SourceReader(case.repository, case.evidence, case.window, {}, case.code.deployed.index)
    whole = reader.excerpt(10_000)
    assert all(len(reader.excerpt(room)) <= room for room in range(len(whole) // 2, len(whole) + 3))


def test_what_else_the_failing_function_calls_is_shown_from_other_files_too_where_one_definition_is_meant(
    tmp_path: Path,
) -> None:
    failing = (
        "def price_of(item):\n    item.lock()\n    found = cheapest_rate(item)\n    near(item)\n    return found * 1\n"
    )
    far = "def cheapest_rate(item):\n    return item.rates.get('low')\n\n\ndef lock(item):\n    item.held = True\n"
    files = {"shop/prices.py": failing, "far/away.py": far, "shop/near.py": "def near(item):\n    item.seen = 1\n"}
    case = opened(tmp_path, 5, [files, {"b.py": "x = 1\n"}])
    assert "far/away.py, function cheapest_rate, lines 1-2, called there" in case.code_text
    assert "shop/near.py, function near, lines 1-2, called there" in case.code_text
    assert "item.held" not in case.code_text  # a short name in another folder may be a library's
    twice = opened(tmp_path / "twice", 5, [{**files, "other/away.py": far}, {"b.py": "x = 1\n"}])
    assert "cheapest_rate, lines" not in twice.code_text
