"""Amounts of money, exact."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half up, as the tax office wants it."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def parse(text: str) -> Decimal:
    """An amount as people type it: `1234.50` or `1 234,50`."""
    return Decimal(text.replace(" ", "").replace(",", "."))
