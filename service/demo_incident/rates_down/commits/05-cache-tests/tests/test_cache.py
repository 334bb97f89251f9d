from rates.cache import Cache


def test_a_rate_is_asked_for_once() -> None:
    asked: list[str] = []

    def fetch(currency: str) -> float:
        asked.append(currency)
        return 1.5

    cache = Cache(fetch)
    assert cache.rate("USD") == cache.rate("USD") == 1.5
    assert asked == ["USD"]
    assert len(cache) == 1
