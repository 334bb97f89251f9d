"""Fill the cache before the shop opens."""

from rates.cache import Cache
from rates.client import fetch

CURRENCIES = ("USD", "CHF", "PLN", "CZK")


def fill(cache: Cache) -> dict[str, float]:
    """Every rate the price pages need."""
    return {currency: cache.rate(currency) for currency in CURRENCIES}


if __name__ == "__main__":
    for currency, rate in fill(Cache(fetch)).items():
        print(currency, rate)
