"""Who only changed a text beside the expression that fails did not write what fails."""

from pathlib import Path

import pytest

from incidents.evidence import Signal
from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.signals.registry import measure, only_edited_line, vector

PYTHON = (
    "shop/bill.py",
    "def receipt(user):\n    order = find(user)\n    return {line}\n",
    'Traceback (most recent call last):\n  File "/app/shop/bill.py", line 3, in receipt\n    return {line}\n'
    "AttributeError: 'NoneType' object has no attribute 'total'\n",
)
NOTHING = (
    *PYTHON[:2],
    PYTHON[2].replace(
        "AttributeError: 'NoneType' object has no attribute 'total'",
        "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'",
    ),
)
JAVA = (
    "src/Bill.java",
    "class Bill {{\n  String receipt(String user) {{\n    Order order = store.find(user);\n    return {line};\n  }}\n}}\n",
    'java.lang.NullPointerException: Cannot invoke "Order.total()" because "order" is null\n\tat Bill.receipt(Bill.java:4)\n',
)
SCRIPT = (
    "src/bill.ts",
    "export function receipt(user: string) {{\n  const order = find(user);\n  return {line};\n}}\n",
    "TypeError: Cannot read properties of undefined (reading 'total')\n    at receipt (/app/src/bill.ts:3:20)\n",
)
RUBY = (
    "app/bill.rb",
    "def receipt(user)\n  order = find(user)\n  {line}\nend\n",
    "app/bill.rb:3:in `receipt': undefined method `total' for nil:NilClass (NoMethodError)\n",
)
PHP = (
    "src/bill.php",
    "<?php\nfunction receipt($user) {{\n  $order = find($user);\n  return {line};\n}}\n",
    "PHP Fatal error:  Uncaught Error: Call to a member function total() on null in /app/src/bill.php:4\n"
    "Stack trace:\n#0 {{main}}\n  thrown in /app/src/bill.php on line 4",
)
GO = (
    "bill/bill.go",
    "package bill\n\nfunc Receipt(user string) string {{\n\torder := find(user)\n\treturn {line}\n}}\n",
    "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\n"
    "example.org/shop/bill.Receipt(0xc0)\n\t/build/bill/bill.go:5 +0x24\n",
)

KOTLIN = (
    "src/Bill.kt",
    "class Bill {{\n  fun receipt(user: String): String {{\n    val order = find(user)\n    return {line}\n  }}\n}}\n",
    "java.lang.NullPointerException\n\tat Bill.receipt(Bill.kt:4)\n",
)
KEY = (
    *PYTHON[:2],
    PYTHON[2].replace("AttributeError: 'NoneType' object has no attribute 'total'", "KeyError: 'total'"),
)
INDEX = (
    *GO[:2],
    GO[2].replace("invalid memory address or nil pointer dereference", "index out of range [0] with length 0"),
)


def found(folder: Path, code: tuple[str, str, str], old: str, new: str) -> tuple[Signal, ...]:
    path, text, trace = code
    before, after = ({path: text.format(line=line)} for line in (old, new))
    changes: list[Change] = [{"files": before}, {"files": after, "message": "receipt: other word"}, *QUIET]
    context = window_of(folder, changes, trace.format(line=new))
    return measure(context, context.changes[0])


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (PYTHON, "'Total: ' + order.total", "'Sum: ' + order.total"),
        (PYTHON, "'Total: %s' % order.total.upper()", "f'Total: {{order.total.upper()}}'"),
        (PYTHON, "'Total: %s' % order.total.upper()", "'Total: %s' % order.total.title()"),
        (NOTHING, "price(user) * 2 + user", "user + 2 * price(user)"),
        (JAVA, '"Total: " + order.total()', '"Sum: " + order.total()'),
        (SCRIPT, "`Total: ${{order.total}}`", "`Sum: ${{order.total}}`"),
        (RUBY, '"Total: #{{order.total}}"', '"Sum: #{{order.total}}"'),
        (PHP, "'Total: ' . $order->total()", "'Sum: ' . $order->total()"),
        (GO, 'fmt.Sprintf("Total: %d", order.Total)', 'fmt.Sprintf("Sum: %d", order.Total)'),
        (GO, "order.Owner.Name()", "order.Owner.Title()"),
        (KOTLIN, "order.total!!.amount", "order.total!!.amount.trim()"),
        (KEY, "order['total'] + 1", "1 + order['total'] * 2"),
        (INDEX, "order.Tags[0] + order.Name", 'order.Tags[0] + " " + order.Name'),
    ],
)
def test_a_text_edited_beside_what_fails(tmp_path: Path, code: tuple[str, str, str], old: str, new: str) -> None:
    signals = found(tmp_path, code, old.format(), new.format())
    values = vector(signals)
    assert only_edited_line(values)
    assert not values.keys() & {"touched_any_function", "focus", "ran_in_any_frame", "touched_rarest_clue"}
    wrote = next(each.detail for each in signals if each.name == "wrote_any_new_line")
    assert wrote.startswith("edited the line that fails")
    assert wrote.endswith("but not the expression")


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (PYTHON, "'Total: ' + other(user).total", "'Sum: ' + order.total"),
        (PYTHON, "order.total if order else ''", "order.total"),
        (PYTHON, "order and order.total", "order.total"),
        (PYTHON, "'Total: ' + order.amount", "'Total: ' + order.total"),
        (PYTHON, "find('eur').total", "find('EUR').total"),
        (NOTHING, "price(user) * 2", "cost(user) * 2"),
        (NOTHING, "price(user, 'eur') * 2", "price(user, 'EUR') * 2"),
        (JAVA, 'order == null ? "" : "Total: " + order.total()', '"Total: " + order.total()'),
        (SCRIPT, "`Total: ${{order?.total}}`", "`Total: ${{order.total}}`"),
        (RUBY, "order&.total", "order.total"),
        (RUBY, "order.total || 0", "order.total"),
        (PHP, "$order?->total()", "$order->total()"),
        (GO, 'orders["eur"].Total', 'orders["EUR"].Total'),
        (GO, 'fmt.Sprint("Total", order.Total)', 'fmt.Sprint("Total", order.Owner.Total)'),
        (KOTLIN, "order.total?.amount", "order.total!!.amount"),
        (KOTLIN, "order.total!!.amount", "order.sum!!.amount"),
        (KEY, "order['sum'] + 1", "order['total'] + 1"),
        (INDEX, "order.Tags[0]", "order.Tags[1]"),
    ],
)
def test_who_changed_what_fails_wrote_the_line(tmp_path: Path, code: tuple[str, str, str], old: str, new: str) -> None:
    values = vector(found(tmp_path, code, old.format(), new.format()))
    assert values["wrote_any_new_line"] == 1
    assert "touched_any_function" in values


RENAMED = PYTHON[1].replace("order", "found")


@pytest.mark.parametrize(("member", "silent"), [("total", True), ("amount", False)])
def test_a_renamed_local_keeps_what_fails_and_a_renamed_member_does_not(
    tmp_path: Path, member: str, silent: bool
) -> None:
    path, text, trace = PYTHON
    line = "note(order.{member}, order.{member})"
    before = {path: text.format(line=line.format(member=member))}
    after = {path: RENAMED.format(line=line.format(member="total").replace("order", "found"))}
    changes: list[Change] = [{"files": before}, {"files": after, "message": "receipt: name"}, *QUIET]
    context = window_of(tmp_path, changes, trace.format(line="note(found.total, found.total)"))
    assert context.changes[0].only_beside is silent
