"""What the warehouse says is on the locator."""

from collections.abc import Iterator
from typing import Any


class Warehouse:
    """Reads stock levels, in pages."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.endpoint: str = settings["warehouse"]["endpoint"]
        self.page_size: int = settings["warehouse"].get("page_size", 500)

    def pages(self, total: int) -> Iterator[tuple[int, int]]:
        """Offset and length of each page of `total` articles."""
        for offset in range(0, total, self.page_size):
            yield offset, min(self.page_size, total - offset)
