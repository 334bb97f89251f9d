"""The blocks of code that a failing execution depends on."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.block_history import Block
from tools.git.repository import Repository
from tools.impact.dependencies import Dependency, dependencies_of, message_pieces
from tools.impact.failure_site import survey
from tools.traces import parse
from tools.traces.places.paths import PathIndex, map_to_repository

ORDERS = """\
from shop.rates import rate

NAMES = {
    "DE": "Germany",
}


def price(order):
    net = rate(order)
    return net * order.count


def label(order):
    return price(order), NAMES[order.country]
"""
RATES = 'def rate(order):\n    return 19\n\n\ndef refuse(code):\n    raise ValueError(f"the voucher {code} was used before")\n'


def found(folder: Path, text: str) -> dict[str, Dependency]:
    built = build(folder, [{"files": {"shop/orders.py": ORDERS, "shop/rates.py": RATES, "readme": "rate\n"}}])
    repository = Repository.open(built.path)
    mapped = map_to_repository(parse(text), PathIndex(repository.paths("HEAD")))
    every = dependencies_of(repository, survey(repository, "HEAD", mapped), "HEAD")
    return {f"{each.relation} {each.name}": each for each in every}


def trace(line: int, function: str, error: str) -> str:
    return f'Traceback (most recent call last):\n  File "/app/shop/orders.py", line {line}, in {function}\n{error}\n'


def test_the_failing_function_and_what_its_line_calls_and_reads(tmp_path: Path) -> None:
    every = found(tmp_path, trace(14, "label", "KeyError: 'FR'"))
    assert every["function label"].block == Block("shop/orders.py", 13, 14)
    assert every["function label"].line == 14
    assert every["callee price"].block == Block("shop/orders.py", 8, 10)
    assert every["value NAMES"].block == Block("shop/orders.py", 3, 5)
    assert "callee rate" not in every


def test_what_ran_before_in_the_innermost_function_even_in_an_imported_file(tmp_path: Path) -> None:
    every = found(tmp_path, trace(10, "price", "TypeError: unsupported operand"))
    assert every["callee rate"].block == Block("shop/rates.py", 1, 2)


def test_without_frames_the_code_that_holds_the_words_of_the_message(tmp_path: Path) -> None:
    every = found(tmp_path, "ValueError: the voucher WINTER26 was used before")
    assert every["text refuse"].block == Block("shop/rates.py", 5, 6)


@pytest.mark.parametrize(
    ("message", "pieces"),
    [
        ("the voucher 'W 26' was used before", ["was used before", "the voucher"]),
        ("cannot open /var/lib/x.db: permission denied", ["permission denied", "cannot open"]),
        ("expected {a} but the answer was <b>", ["but the answer was"]),
        ("503", []),
    ],
)
def test_values_are_cut_out_of_a_message(message: str, pieces: list[str]) -> None:
    assert [each for each in message_pieces(message) if each in pieces] == [each for each in pieces if len(each) > 11]
