"""Which lines of older code count for "none of these": not any two, but a way that the failing value took."""

from pathlib import Path

import pytest

from incidents.opinion import Proof, ProofStep
from tests.repositories import build
from tools.git.repository import Repository
from tools.impact.step_check import StepCheck
from tools.ranking.gather import gather
from tools.traces import parse

TAX = """\
RATES = {"home": 2}


def rate_of(country):
    rate = RATES.get(country)
    label = country.upper()
    # the soft rate is for members
    if country.islower():
        return country.strip()
    rate.seen()
    return label + rate.base


def other(rate):
    raise LookupError("no zone for " + str(rate))
"""
CART = """\
from shop.tax import other, rate_of


def total(items, country):
    return len(items) * rate_of(country)


def ship(items, siteZone):
    zone = items.get("siteZone")
    print(f"cannot ship: {zone}")
    return other(zone)
"""
PAGE = "def page(form):\n    form['siteZone'] = None\n    return form\n"
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 5, in total
    return len(items) * rate_of(country)
  File "/srv/app/shop/tax.py", line 11, in rate_of
    return label + rate.base
AttributeError: 'NoneType' object has no attribute 'base'
"""
MESSAGE = "cannot ship: no zone for None (siteZone)"
TAX_PATH, CART_PATH = "shop/tax.py", "shop/cart.py"


def steps(folder: Path, error: str) -> StepCheck:
    """What can be checked of an error after a deploy that only wrote line 6 of the tax."""
    before = TAX.replace("country.upper()", "country.title()")
    files = {TAX_PATH: before, CART_PATH: CART, "shop/page.py": PAGE}
    built = build(folder, [{"files": files}, {"files": {TAX_PATH: TAX}}])
    repository = Repository.open(built.path)
    return StepCheck(repository, gather(repository, built.shas[0], built.shas[1], parse(error)))


def proof(*places: tuple[str, int]) -> Proof:
    return Proof(steps=tuple(ProofStep(path=path, line=line) for path, line in places))


@pytest.mark.parametrize(
    ("one", "other", "leads"),
    [
        ((TAX_PATH, 5), (TAX_PATH, 11), True),  # sets what the failing line uses
        ((TAX_PATH, 9), (TAX_PATH, 11), False),  # near it
        ((TAX_PATH, 10), (TAX_PATH, 11), False),  # its neighbour, which uses what it uses and sets nothing
        ((TAX_PATH, 8), (TAX_PATH, 9), True),  # decides by it whether that runs
        ((TAX_PATH, 8), (TAX_PATH, 11), False),  # decides of other lines
        ((TAX_PATH, 6), (TAX_PATH, 11), False),  # sets what it uses too, but the deploy wrote that
        ((TAX_PATH, 7), (TAX_PATH, 11), False),  # a comment
        ((TAX_PATH, 11), (TAX_PATH, 11), False),
        ((CART_PATH, 5), (TAX_PATH, 11), True),  # calls it
        ((TAX_PATH, 1), (TAX_PATH, 5), True),  # the constant that a line of the failing function reads
        ((TAX_PATH, 11), (TAX_PATH, 15), False),  # ends where it did not fail
        ((CART_PATH, 9), (TAX_PATH, 15), False),
        ((TAX_PATH, 1), (TAX_PATH, 2), False),
        ((CART_PATH, 1), (CART_PATH, 2), False),
        ((TAX_PATH, 5), (TAX_PATH, 99), False),
    ],
)
def test_two_lines_lead_to_the_failing_function_when_one_gives_the_other_its_value(
    tmp_path: Path, one: tuple[str, int], other: tuple[str, int], leads: bool
) -> None:
    assert steps(tmp_path, TRACE).older_way(proof(one, other)) is leads


@pytest.mark.parametrize(
    ("one", "other", "leads"),
    [
        ((CART_PATH, 10), (TAX_PATH, 15), True),  # each prints a part of the message
        (("shop/page.py", 2), (CART_PATH, 9), True),  # one sets the key that the other reads, which the error names
        ((TAX_PATH, 14), (TAX_PATH, 15), False),  # neighbours
        ((CART_PATH, 1), (CART_PATH, 2), False),
        ((TAX_PATH, 1), (TAX_PATH, 5), False),  # a way, but not of what the error names
    ],
)
def test_of_a_message_two_lines_bear_on_it_when_they_say_its_words_or_are_a_way_to_one_that_does(
    tmp_path: Path, one: tuple[str, int], other: tuple[str, int], leads: bool
) -> None:
    assert steps(tmp_path, MESSAGE).older_way(proof(one, other)) is leads


def test_of_more_lines_two_are_enough(tmp_path: Path) -> None:
    assert steps(tmp_path, TRACE).older_way(proof((TAX_PATH, 14), (TAX_PATH, 5), (CART_PATH, 2), (TAX_PATH, 11)))
