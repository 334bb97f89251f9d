from pathlib import Path

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.text.cache import Kept, forget_all
from tools.traces import parse

TRACE = 'Traceback (most recent call last):\n  File "/srv/app/shop.py", line 2, in total\n    return 1 / 0\nError: no\n'
OTHER = TRACE.replace("line 2, in total", "line 6, in ship").replace("1 / 0", "2 / 0").replace("no", "off")
SHIP = "\n\ndef ship():\n    return {}\n"


def test_the_longest_unused_goes_first_and_what_is_too_large_is_not_kept() -> None:
    kept = Kept[str, str](10, len)
    kept.put("a", "aaaa")
    kept.put("b", "bbbb")
    assert kept.get("a") == "aaaa"
    kept.put("c", "cccc")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("aaaa", None, "cccc")
    assert kept.put("d", "d" * 11) == "d" * 11
    assert (kept.get("d"), kept.get("a")) == (None, "aaaa")


def test_what_is_kept_of_one_error_changes_nothing_for_the_next(tmp_path: Path) -> None:
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

    forget_all()
    cold = told(OTHER)
    forget_all()
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
