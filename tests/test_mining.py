"""`python -m benchmarks.mine` on a small repository whose history holds one regression and its fix."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import mine
from benchmarks.regressions import as_logged, last_good
from benchmarks.slices import sliced
from tests.repositories import Change, build

WORKS = "def price(basket):\n    return sum(basket.values())\n"
BROKEN = "def price(basket):\n    return basket['total']\n"
OLD_TEST = "from shop.price import price\n\n\ndef test_full():\n    assert price({'total': 3}) == 3\n"
NEW_TEST = OLD_TEST + "\n\ndef test_other():\n    assert price({'tea': 2}) == 2\n"
CULPRIT, FIX = 3, 9


def _history() -> list[Change]:
    changes: list[Change] = [{"files": {"notes.py": f"{number} = {number}\n"}} for number in range(FIX)]
    changes[0] = {"files": {"shop/__init__.py": "", "shop/price.py": WORKS, "tests/test_price.py": OLD_TEST}}
    changes[CULPRIT] = {"files": {"shop/price.py": BROKEN}}
    return [*changes, {"files": {"shop/price.py": WORKS, "tests/test_price.py": NEW_TEST}, "message": "Fix a crash"}]


def test_a_regression_becomes_a_window_with_the_culprit_and_one_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    repository, shas = build(tmp_path, _history())
    out = tmp_path / "incidents.jsonl"
    words = [str(repository), "--name", "acme/shop", "--python", sys.executable, "--root", "."]

    for _ in range(2):  # the second run knows what was examined
        mine.main([*words, "--out", str(out), "--scratch", str(tmp_path / "scratch")])

    guilty, innocent = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert guilty["culprit"] == innocent["true_origin"] == shas[CULPRIT]
    assert guilty["source"] == {"fix": shas[FIX], "test": "tests/test_price.py::test_other"}
    assert shas[CULPRIT] in guilty["window"]
    assert innocent["culprit"] is None
    assert set(innocent["window"]) <= set(shas[CULPRIT + 1 : FIX])
    for incident in (guilty, innocent):
        at = shas.index(incident["deployed"])
        assert incident["window"] == shas[shas.index(incident["base"]) + 1 : at + 1]
        assert incident["trace"].splitlines()[:3] == [
            "Traceback (most recent call last):",
            '  File "/srv/app/bin/worker.py", line 1, in main',
            '  File "/srv/app/shop/price.py", line 2, in price',
        ]
        assert incident["trace"].endswith("KeyError: 'total'\n")


def test_a_commit_that_breaks_the_tests_it_changed_is_a_culprit_without_any_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    changes = _history()[:FIX]
    changes[CULPRIT] = {"files": {"shop/price.py": BROKEN, "tests/test_price.py": OLD_TEST}}
    changes[0]["files"] = {**changes[0]["files"], "tests/test_price.py": NEW_TEST}
    repository, shas = build(tmp_path, changes)
    out = tmp_path / "incidents.jsonl"
    words = [str(repository), "--name", "acme/shop", "--python", sys.executable, "--root", ".", "--breaking"]

    mine.main([*words, "--out", str(out), "--scratch", str(tmp_path / "scratch")])

    guilty, innocent = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert guilty["culprit"] == innocent["true_origin"] == shas[CULPRIT]
    assert guilty["base"] in shas[:CULPRIT]
    assert guilty["weight"] == 0.5
    assert guilty["trace"].endswith("KeyError: 'total'\n")


def test_a_trace_loses_the_tests_frames_and_the_machines_paths() -> None:
    trace = """Traceback (most recent call last):
  File "/x/env/lib/python3.12/site-packages/pluggy/_callers.py", line 80, in _multicall
    return hook()
  File "/x/shop/tests/test_price.py", line 3, in test_other
    price(Basket())
  File "/x/shop/src/price.py", line 2, in price
    return each(basket)
  File "/x/shop/tests/test_price.py", line 9, in basket
    return json.loads("")
  File "/x/lib/python3.12/json/decoder.py", line 5, in decode
    raise ValueError
  File "/x/env/lib/python3.12/site-packages/attr/make.py", line 6, in make
ValueError
"""
    assert (
        as_logged(trace, "/x/shop/")
        == """Traceback (most recent call last):
  File "/srv/app/bin/worker.py", line 1, in main
  File "/srv/app/src/price.py", line 2, in price
    return each(basket)
  File "/usr/lib/python3.11/json/decoder.py", line 5, in decode
    raise ValueError
  File "/usr/lib/python3/dist-packages/attr/make.py", line 6, in make
ValueError
"""
    )


def test_bisecting_steps_over_what_does_not_tell() -> None:
    silent = {5, 6}
    assert last_good(lambda at: None if at in silent else at > 3, 0, 12) == 4
    assert last_good(lambda at: None, 0, 12) is None


def test_a_slice_keeps_what_the_test_uses_and_nothing_else() -> None:
    source = """
import os, sys
from shop import newer, price

CASES = [price(1)]
CASES.append(price(2))

@pytest.fixture
def basket(): return sys.argv

class Other(newer.Base):
    def test_a(self): ...

class Shop(Base):
    def setup_method(self): self.x = 1
    def test_a(self, basket): assert CASES
    def test_b(self): newer()
"""
    kept = sliced(source, ["Shop::test_a"])
    assert all(
        word in kept for word in ("import sys\n", "import price\n", "append", "def basket", "setup_method", "test_a")
    )
    assert not any(word in kept for word in ("os", "newer", "Other", "test_b"))
