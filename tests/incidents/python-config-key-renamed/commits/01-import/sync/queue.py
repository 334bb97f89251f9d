"""Where stock changes wait to be applied."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Queue:
    """Address and patience of the queue."""

    address: str
    topic: str
    timeout: float

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Queue":
        """The queue an environment is configured for."""
        section = settings["queue"]
        return cls(
            address=section["broker_url"],
            topic=section.get("topic", "stock"),
            timeout=float(section.get("timeout_seconds", 5)),
        )
