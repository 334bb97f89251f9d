"""The printed invoice."""

from decimal import Decimal

from invoices.lines import Line
from invoices.tax import tax


def total(lines: list[Line]) -> Decimal:
    """Net amounts plus tax."""
    return sum((line.net for line in lines), Decimal(0)) + tax(lines)


def render(lines: list[Line]) -> str:
    """The invoice as text, one line per article."""
    rows = [f"{line.quantity:>4} x {line.article:<28} {line.net:>10}" for line in lines]
    return "\n".join([*rows, f"{'total':<35}{total(lines):>10}"])
