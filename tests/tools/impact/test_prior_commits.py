"""What touched the trace before the window: it can acquit, and is never accused."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact.prior_commits import earlier_commits, newest_before
from tools.ranking.gather import gather, read_context
from tools.traces import PathIndex, map_to_repository, parse

CART = "def total(prices):\n    if not prices:\n        return 0\n    return sum(prices) / len(prices)\n"
BROKEN = "def total(prices):\n    return sum(prices) / len(prices)\n"
TRACE = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 2, in total
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero
"""
TRACE_OF_SHIP = """Traceback (most recent call last):
  File "/srv/shop/ship.py", line 3, in ship
    return cart.total()
"""
CHANGES: list[Change] = [
    {"files": {"shop/cart.py": CART, "shop/mail.py": "def send(to):\n    return to\n"}, "message": "Start"},
    {"files": {"shop/mail.py": "def send(to):\n    return to.strip()\n"}, "message": "mail: strip"},
    {"files": {"shop/cart.py": BROKEN}, "message": "cart: an average needs no guard"},
    {"files": {"README.md": "shop\n"}, "message": "Say what it is"},
    {"files": {"shop/mail.py": "def send(to):\n    return to.lower()\n"}, "message": "mail: lower case"},
]


def test_only_commits_that_touched_the_files_are_found_oldest_first(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    found = earlier_commits(repository, built.shas[3], ["shop/cart.py"])
    assert [commit.sha for commit in found] == [built.shas[2]]
    both = earlier_commits(repository, built.shas[3], ["shop/cart.py", "shop/mail.py"])
    assert [commit.sha for commit in both] == [built.shas[1], built.shas[2]]
    assert earlier_commits(repository, built.shas[3], ["shop/cart.py"], limit=1) == ()


def test_of_many_the_newest_count_and_of_those_only_what_they_did_to_the_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both: Change = {"files": {"shop/cart.py": BROKEN + "\n", "shop/mail.py": "def send(to):\n    return 1\n"}}
    built = build(tmp_path, [*CHANGES[:3], both, CHANGES[4]])
    repository = Repository.open(built.path)
    assert len(earlier_commits(repository, built.shas[3], ["shop/cart.py"])) == 2
    monkeypatch.setattr("tools.impact.prior_commits.MOST", 1)
    trace = map_to_repository(parse(TRACE), PathIndex(repository.paths(built.shas[4])))
    context = read_context(repository, repository.window(built.shas[3], built.shas[4]), built.shas[4], trace)
    (before,) = context.earlier
    assert before.commit.sha == built.shas[3]
    assert (before.files, before.code_lines) == (2, 1)


def test_a_better_explanation_from_before_acquits_the_window(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    found = gather(Repository.open(built.path), built.shas[2], built.shas[4], parse(TRACE))
    assert found.none_probability > 0.8
    assert found.older is not None
    assert found.older.commit.sha == built.shas[2]
    assert found.older.reasons
    window = {each.commit.sha for each in found.suspects} | {each.commit.sha for each in found.ruled_out}
    assert window == set(built.shas[3:])


def test_inside_the_window_the_same_commit_is_accused(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    found = gather(Repository.open(built.path), built.shas[1], built.shas[4], parse(TRACE))
    assert found.suspects[0].commit.sha == built.shas[2]
    assert found.suspects[0].probability > found.none_probability
    assert found.older is None


def test_what_a_commit_did_to_a_file_before_it_was_renamed_is_read(tmp_path: Path) -> None:
    other = "def ship(cart):\n    return cart.total()\n"
    history: list[Change] = [
        {"files": {"shop/basket.py": CART, "shop/ship.py": other}},
        {"files": {"shop/basket.py": BROKEN, "shop/ship.py": "# ships\n" + other}},
        {"files": {"shop/basket.py": None, "shop/cart.py": BROKEN}},
        {"files": {"README.md": "shop\n"}},
    ]
    built = build(tmp_path, history)
    repository = Repository.open(built.path)
    text = TRACE.replace("Traceback (most recent call last):\n", TRACE_OF_SHIP)
    trace = map_to_repository(parse(text), PathIndex(repository.paths(built.shas[3])))
    context = read_context(repository, repository.window(built.shas[2], built.shas[3]), built.shas[3], trace)
    broke = next(change for change in context.earlier if change.commit.sha == built.shas[1])
    assert {contact.frame.path for contact in broke.contacts if contact.removed} == {"shop/cart.py"}


def test_of_a_bare_message_the_newest_commits_before_are_read_whole(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    assert [commit.sha for commit in newest_before(repository, built.shas[3], most=2)] == built.shas[2:4]
    assert [commit.sha for commit in newest_before(repository, built.shas[1])] == [built.shas[1]]
    trace = map_to_repository(parse("KeyError: 'strip'"), PathIndex(repository.paths(built.shas[4])))
    context = read_context(repository, repository.window(built.shas[3], built.shas[4]), built.shas[4], trace)
    assert [change.commit.sha for change in context.earlier] == built.shas[1:4]
    assert context.earlier[0].code_lines == 2
