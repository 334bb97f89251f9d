"""Value added tax."""

from decimal import Decimal

from invoices.lines import Line
from invoices.money import rounded

TABLE = """
standard 0.19
reduced 0.07
"""
RATES = {name: float(rate) for name, rate in (row.split() for row in TABLE.split("\n") if row)}
REDUCED = frozenset({"book", "magazine"})


def rate(line: Line) -> float:
    """The rate that holds for the line's article."""
    return RATES["reduced" if line.article in REDUCED else "standard"]


def tax(lines: list[Line]) -> Decimal:
    """The tax of all lines."""
    return rounded(sum((line.net * rate(line) for line in lines), Decimal(0)))
