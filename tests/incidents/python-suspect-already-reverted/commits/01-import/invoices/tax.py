"""Value added tax."""

from decimal import Decimal

from invoices.lines import Line
from invoices.money import rounded

RATES = {"standard": Decimal("0.19"), "reduced": Decimal("0.07")}
REDUCED = frozenset({"book", "magazine"})


def rate(line: Line) -> Decimal:
    """The rate that holds for the line's article."""
    return RATES["reduced" if line.article in REDUCED else "standard"]


def tax(lines: list[Line]) -> Decimal:
    """The tax of all lines."""
    return rounded(sum((line.net * rate(line) for line in lines), Decimal(0)))
