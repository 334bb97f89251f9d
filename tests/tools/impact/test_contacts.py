"""How a commit meets a frame of the trace."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

CART = "function total(cart, rate) {{\n  return cart.sum\n{line}\n}}\nmodule.exports = total\n"
TRACE = "TypeError: Cannot mix BigInt and other types\n    at total (/srv/app/lib/cart.js:3:7)\n    at serve (/srv/app/lib/index.js:9:3)\n"


@pytest.mark.parametrize(
    ("line", "is_code"), [("    * rate", True), ("    /* why */ * rate", True), ("    // why", False)]
)
def test_the_line_that_failed_is_no_middle_of_a_comment(tmp_path: Path, line: str, is_code: bool) -> None:
    files = ({"lib/cart.js": CART.format(line=each)} for each in ("    * 2", line))
    built = build(tmp_path, [{"files": each} for each in files])
    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(TRACE))
    signals = {signal.name for suspect in found.suspects for signal in suspect.signals}
    assert ("wrote_any_new_line" in signals) is is_code
    assert "cosmetic" not in signals  # each takes `* 2` away


@pytest.mark.parametrize(("line", "only_logs"), [("print('last')", True), ("print('last', items.pop())", False)])
def test_a_line_of_a_log_that_changes_what_is_logged_counts(tmp_path: Path, line: str, only_logs: bool) -> None:
    body = "    return items[0]\n"
    texts = (f"def last(items):\n{above}{body}" for above in ("", f"    {line}\n"))
    built = build(tmp_path, [{"files": {"cart.py": text}} for text in texts])
    raised = f'Traceback (most recent call last):\n  File "/srv/app/cart.py", line 3, in last\n{body}'
    trace = f"{raised}IndexError: list index out of range\n"
    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(trace))
    signals = {signal.name for suspect in found.suspects for signal in suspect.signals}
    assert ("ran_in_any_frame" in signals) is not only_logs


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("cart.haml", "#rate= @cart.{}.value"),
        ("cart.slim", "#rate = @cart.{}.value"),
        ("cart.html.erb", "<!-- rate --> <%= @cart.{}.value %>"),
        ("cart.unknown", "; @cart.{}.value"),
        ("cart.sql.erb", "-- @cart.{}.value"),
    ],
)
def test_the_line_that_failed_is_no_comment_in_a_template(tmp_path: Path, path: str, line: str) -> None:
    built = build(tmp_path, [{"files": {path: f"one\n{line.format(name)}\n"}} for name in ("sum", "rate")])
    trace = f"NoMethodError (undefined method `value' for nil:NilClass):\n  {path}:2:in `show'\n  app.rb:3:in `call'\n"
    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(trace))
    signals = {signal.name for suspect in found.suspects for signal in suspect.signals}
    assert "wrote_any_new_line" in signals
    assert "cosmetic" not in signals
