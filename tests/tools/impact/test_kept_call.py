"""Who edited a line of an outer frame and kept the call into the next one did not make that call fail."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import QUIET, window_of
from tools.impact.kept_call import keeps_call
from tools.ranking.elsewhere import elsewhere
from tools.signals.registry import measure, only_edited_line, vector


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("return 'sum ' + total(a, b)", "return 'all ' + total(a, b)", True),
        ("return 'sum ' + total(a)", "return 'total ' + total(a)", True),
        ("return { sum: total(f.a), note: f.note }", "return { sum: total(f.a), note: f.note || '' }", True),
        ('"#{shop.total(o[:id])}-#{o[:n]}"', '"#{shop.total(o[:id])}/#{o[:n].to_s}"', True),
        ("total(a) + total(b)", "total(a) - total(a)", False),
        ("return total(a)", "return total(b)", False),
        ("return old.total(a)", "return other.total(a)", False),
        ("return a && total(a)", "return total(a)", False),
        ("return total(a) if a", "return total(a)", False),
        ("return total(a,", "return total(b,", False),
        ("return 'total'", "return 'total' + sum(a)", False),
        ("return total(a)" + " " * 400, "return total(a)", False),
    ],
)
def test_the_same_call_under_the_same_conditions_is_kept(old: str, new: str, kept: bool) -> None:
    assert keeps_call(old, new, "total") is kept


PARSE = "def amount(text):\n    return int(text)\n"
FORM = "from shop.parse import amount\n\n\ndef submit(form):\n    return {line}\n"
TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/form.py", line 5, in submit\n    return {line}\n'
    '  File "/app/shop/parse.py", line 2, in amount\n    return int(text)\n'
    "ValueError: invalid literal for int() with base 10: 'ten'\n"
)
OLD = "[amount(form.text), form.note]"


@pytest.mark.parametrize(("new", "kept"), [("[amount(form.text), form.note[:9]]", True), ("[amount(form.sum)]", False)])
def test_an_outer_line_edited_beside_the_call_is_no_cause_and_clears_the_deploy(
    tmp_path: Path, new: str, kept: bool
) -> None:
    before, after = ({"shop/parse.py": PARSE, "shop/form.py": FORM.format(line=line)} for line in (OLD, new))
    context = window_of(tmp_path, [{"files": before}, {"files": after}, *QUIET], TRACE.format(line=new))
    signals = measure(context, context.changes[0])
    assert only_edited_line(vector(signals)) is kept
    assert elsewhere(context, None, ()) or not kept
    wrote = next(each.detail for each in signals if each.name == "wrote_any_new_line")
    assert wrote.endswith("but not the call") is kept
