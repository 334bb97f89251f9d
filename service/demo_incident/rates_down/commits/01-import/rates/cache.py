"""Rates of the day, kept in memory."""

from collections.abc import Callable


class Cache:
    """Remembers each rate until it is told to forget."""

    def __init__(self, fetch: Callable[[str], float]) -> None:
        self._fetch = fetch
        self._rates: dict[str, float] = {}

    def rate(self, currency: str) -> float:
        """The rate, asked for once."""
        if currency not in self._rates:
            self._rates[currency] = self._fetch(currency)
        return self._rates[currency]

    def forget(self) -> None:
        """Start the next day with nothing."""
        self._rates.clear()
