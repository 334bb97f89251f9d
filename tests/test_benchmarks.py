"""What the measuring programs promise, where it can be seen without a cluster."""

import random
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import chaos
from benchmarks.steady import Answers
from benchmarks.tide import checked
from service.settings import Settings
from service.store.store import Store
from tests.service.stand_ins import alert, found


async def test_each_kind_of_death_comes_once_however_short_the_time_and_until_it_succeeds() -> None:
    tried: Counter[str] = Counter()

    async def death(kind: str, succeeds_at: int) -> bool:
        tried[kind] += 1
        return tried[kind] >= succeeds_at

    kinds = {"one": lambda: death("one", 1), "other": lambda: death("other", 2)}
    assert await chaos.destroy(kinds, 0, random.Random(1), (0, 0)) == {"one": 1, "other": 1}
    assert tried == {"one": 1, "other": 2}


async def test_a_write_lock_is_taken_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos, "_LOCKED_SECONDS", 0.01)
    file = str(tmp_path / "store.sqlite3")
    assert await chaos._lock_taken(file)
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE t (a)")
    other.close()


def test_a_refusal_is_what_a_sender_takes_for_good() -> None:
    kinds = Counter({("202", False): 5, ("503", True): 3, ("429", True): 1, ("ConnectError", False): 2})
    assert Answers(kinds=kinds).refused("ConnectError") == 0
    assert Answers(kinds=kinds).refused() == 2
    assert Answers(kinds=kinds + Counter({("503", False): 1, ("404", False): 4})).refused("ConnectError") == 5


async def test_the_store_is_asked_for_exact_counts_and_one_verdict_each(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.sqlite3"
    store = Store(Settings(store_url=url).store_address())
    await store.migrate()
    for service in ("a", "a", "b"):
        await store.intake.accept(alert(service=service), "{}")
    assert not checked(url, Counter({0: 2, 1: 1}))
    while claim := await store.leases.claim("me"):
        assert await store.outcomes.finish(claim, found())
    await store.close()
    assert checked(url, Counter({0: 2, 1: 1}))
    assert not checked(url, Counter({0: 1, 1: 1}))
