"""Our own JSON, for whoever writes a sender: the body of POST /alerts, and a signature with a time in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field

from incidents.alert import Alert, Name
from service.intake.adapter import Source
from service.intake.alert_event import State
from service.intake.lenient import Draft
from service.intake.webhook_signature import Signed


class OwnAlert(Alert):
    """An alert in Red Tide's own words, with what it is about. Unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    repository: Name = Field(
        default="",
        max_length=300,
        description="The repository, as the service's settings name it; left out, that of the service, or the only one.",
    )
    state: State = Field(default="firing", description="`resolved` ends what fired; `test` opens nothing.")
    key: Name = Field(
        default="", max_length=200, description="The sender's own name for what fires: it finds what `resolved` ends."
    )

    def draft(self) -> Draft:
        """As every other source's."""
        return Draft(
            state=self.state,
            key=self.key,
            service=self.service,
            environment=self.environment,
            message=self.message,
            stack_trace=self.stack_trace,
            error_text=bool(self.message.strip() or self.stack_trace.strip()),
            first_seen=self.first_seen,
            last_seen=self.last_seen,
            count=self.count,
            repository=self.repository,
            base=self.base or "",
            revision=self.deployed or "",
            url=self.url or "",
            severity=self.severity,
            details=self.details,
        )


def read(document: Mapping[str, Any]) -> Sequence[Draft]:
    """The one alert of the body."""
    return [OwnAlert.model_validate(document).draft()]


SOURCE = Source(
    "redtide",
    read,
    signed=Signed("x-redtide-signature", version="v1=", timestamp_field="t="),
    delivery_header="idempotency-key",
    strict=True,
)
