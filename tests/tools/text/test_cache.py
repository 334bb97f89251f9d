import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.text.cache import Cache, clear_all
from tools.traces import parse

TRACE = 'Traceback (most recent call last):\n  File "/srv/app/shop.py", line 2, in total\n    return 1 / 0\nError: no\n'
OTHER = TRACE.replace("line 2, in total", "line 6, in ship").replace("1 / 0", "2 / 0").replace("no", "off")
SHIP = "\n\ndef ship():\n    return {}\n"


def test_the_value_used_longest_ago_goes_first_and_one_that_is_too_large_is_not_cached() -> None:
    cache = Cache[str, str](10, len)
    cache.put("a", "aaaa")
    cache.put("b", "bbbb")
    assert cache.get("a") == "aaaa"
    cache.put("c", "cccc")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("aaaa", None, "cccc")
    assert cache.put("d", "d" * 11) == "d" * 11
    assert (cache.get("d"), cache.get("a")) == (None, "aaaa")


def test_values_can_be_forgotten_after_a_time() -> None:
    forgotten, kept = Cache[str, int](2, seconds=0), Cache[str, int](2, seconds=3_600)
    assert (forgotten.put("a", 1), forgotten.get("a")) == (1, None)
    assert (kept.put("a", 1), kept.get("a")) == (1, 1)


def test_a_value_is_made_once_even_when_it_is_none() -> None:
    cache = Cache[str, str | None](2)
    made: list[str] = []

    def make() -> None:
        made.append("made")

    assert [cache.get_or("a", make) for _ in range(3)] == [None] * 3
    assert made == ["made"]


def test_every_cache_is_cleared_together_and_none_is_held_alive_for_it() -> None:
    cache = Cache[str, int](2)
    cache.put("a", 1)
    clear_all()
    assert cache.get("a") is None
    gone = weakref.ref(cache)
    del cache
    gc.collect()
    assert gone() is None


def test_many_threads_leave_a_cache_within_its_room() -> None:
    cache = Cache[int, int](50)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: cache.get_or(n % 70, lambda: n % 70), range(20_000)))
    assert found == [n % 70 for n in range(20_000)]
    assert sum(cache.get(n) is not None for n in range(70)) == 50


def test_what_is_cached_of_one_error_changes_nothing_for_the_next(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        [
            {"files": {"shop.py": "def total():\n    return 1\n" + SHIP.format(1)}},
            {
                "files": {
                    "shop.py": "def total():\n    return 1 / 0\n" + SHIP.format(1),
                    "tests/test_shop.py": "x = 1\n",
                }
            },
            {"files": {"shop.py": "def total():\n    return 1 / 0\n" + SHIP.format("2 / 0"), "README.md": "shop\n"}},
        ],
    )
    repository = Repository.open(built.path)

    def told(trace: str) -> object:
        found = gather(repository, built.shas[0], built.shas[-1], parse(trace))
        return found.suspects, found.ruled_out, found.none_probability

    clear_all()
    cold = told(OTHER)
    clear_all()
    assert told(TRACE) != cold
    assert told(OTHER) == cold
    assert told(OTHER) == cold


def test_a_test_file_of_the_trace_is_read_although_tests_are_not(tmp_path: Path) -> None:
    before, after = "def test_total():\n    assert True\n", "def test_total():\n    return 1 / 0\n"
    built = build(tmp_path, [{"files": {"tests/test_shop.py": text}} for text in (before, after)])
    repository = Repository.open(built.path)
    elsewhere = gather(repository, built.shas[0], built.shas[-1], parse(TRACE))
    assert not elsewhere.suspects
    there = TRACE.replace("shop.py", "tests/test_shop.py").replace("in total", "in test_total")
    found = gather(repository, built.shas[0], built.shas[-1], parse(there))
    assert "wrote_any_new_line" in {signal.name for signal in found.suspects[0].signals}
