"""Lines of an invoice."""

from dataclasses import dataclass
from decimal import Decimal

from invoices.money import parse, rounded


@dataclass(frozen=True)
class Line:
    """An article, how many of it, and what one costs without tax."""

    article: str
    quantity: int
    price: Decimal

    @property
    def net(self) -> Decimal:
        """What the line costs without tax."""
        return rounded(self.price * self.quantity)


def from_text(text: str) -> Line:
    """`mug; 2; 12,50` as a line."""
    article, quantity, price = (part.strip() for part in text.split(";"))
    return Line(article, int(quantity), parse(price))
