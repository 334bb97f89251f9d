"""Messages to send, without a store."""

from dataclasses import replace
from typing import Any

from service.notify.sender import Parcel
from service.render.message import Candidate, Excluded, Message, View
from tests.service.render.reports import LIKELY, MOMENT

MESSAGE = Message(
    incident="INC-k7mq2wz4ab",
    state="culprit",
    service="checkout",
    environment="production",
    opened_at=MOMENT,
    error=LIKELY.error,
    errors=1_280,
    page="https://redtide.example.org/incidents/INC-k7mq2wz4ab",
    alert_url=LIKELY.alert_url,
    commit_url="https://git.example.org/shop/commit/{sha}",
    report=LIKELY,
    related=12,
    related_services=3,
    answers={"culprit": 1, "open": 5, "investigating": 6},
    candidates=(Candidate(1, "d" * 40, "cart: another change"),),
    excluded=(Excluded("e" * 40, "readme: friendlier", "tests or docs"),),
    views=(View("developer", LIKELY.commits[0].sha, True, "drops the guard"), View("zero_shot", "d" * 40, False, "")),
    trace="#0 src/Cart.php(41): Cart->total()",
    version=1,
)


class Recorded:
    """Remembers the ids that a sender records."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}

    async def __call__(self, part: str, message: str) -> None:
        self.parts[part] = message


def parcel(message: Message = MESSAGE, **changes: Any) -> Parcel:  # noqa: ANN401 (any field of a parcel)
    """A first message, or with fields changed."""
    usual = Parcel(message=message, key="INC-k7mq2wz4ab/oncall", number=3, token="t" * 24, record=Recorded())
    return replace(usual, **changes)
