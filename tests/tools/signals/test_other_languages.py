"""Evidence stays within what the failing code can call or read; another language can at most send it data."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.signals.registry import measure

SCRIPT = "export function body(cart) {\n  return JSON.stringify({ due_total: cart.due });\n}\n"
SCHEMA = "CREATE TABLE carts (\n  due_total INT\n);\n"
START: Change = {
    "files": {
        "web/cart.ts": SCRIPT,
        "db/cart.sql": SCHEMA,
        "shop/cart.py": "from shop.rates import rate_of\n\ndef pay(body):\n    rate = rate_of(body)\n    return body['due_total'] * rate\n",
        "shop/rates.py": "def rate_of(body):\n    return 1\n",
        "web/rates.ts": "export function rate_of(body) {\n  return 1;\n}\n",
    }
}
ERROR = "KeyError: 'due_total'"
TRACE = f"""Traceback (most recent call last):
  File "/srv/shop/cart.py", line 5, in pay
    return body['due_total'] * rate
{ERROR}
"""
ONLY_SENT = {"touched_clue_of_other_language", "size", "size_without_frames", "breadth", "adds_only"}


def telling(folder: Path, after: Change, trace: str) -> dict[str, str]:
    context = window_of(folder, [START, after, *QUIET], trace)
    return {each.name: each.detail for each in measure(context, context.changes[0])}


@pytest.mark.parametrize("trace", [ERROR, TRACE])
def test_a_name_in_a_language_that_cannot_meet_the_failing_code_is_at_most_sent(tmp_path: Path, trace: str) -> None:
    after: Change = {"files": {"web/cart.ts": SCRIPT.replace("due_total", "sum")}, "message": "Shorter"}
    found = telling(tmp_path, after, trace)
    assert found["touched_clue_of_other_language"].startswith(
        "removed `due_total` (web/cart.ts:2) in code of another language"
    )
    assert found.keys() <= ONLY_SENT


@pytest.mark.parametrize("trace", [ERROR, TRACE])
def test_data_and_schemas_feed_every_language(tmp_path: Path, trace: str) -> None:
    after: Change = {"files": {"db/cart.sql": SCHEMA.replace("due_total", "sum")}, "message": "Shorter"}
    found = telling(tmp_path, after, trace)
    assert "touched_rarest_clue" in found
    assert "touched_clue_of_other_language" not in found


def test_a_function_of_the_same_name_in_another_language_is_not_called(tmp_path: Path) -> None:
    after: Change = {
        "files": {"web/rates.ts": "export function rate_of(body) {\n  return null;\n}\n"},
        "message": "Less",
    }
    assert telling(tmp_path / "script", after, TRACE).keys() <= ONLY_SENT
    own: Change = {"files": {"shop/rates.py": "def rate_of(body):\n    return None\n"}, "message": "Less"}
    assert "changed_what_gives_value" in telling(tmp_path / "own", own, TRACE)


def test_a_language_that_the_repository_does_not_hold_leaves_everything_open(tmp_path: Path) -> None:
    after: Change = {"files": {"web/cart.ts": SCRIPT.replace("due_total", "sum")}, "message": "Shorter"}
    assert "touched_rarest_clue" in telling(tmp_path, after, 'PHP Warning: Undefined array key "due_total"')
