"""Facts about the way of the failing value: what took it away, what leaves it alone, and by which name it is read."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals


def python(path: str, line: int, function: str, source: str, error: str, *outer: str) -> str:
    """A traceback: `outer` are rows before the failing frame."""
    rows = "".join(f"{row}\n" for row in outer)
    return (
        f'Traceback (most recent call last):\n{rows}  File "/srv/app/{path}", line {line}, in {function}\n'
        f"    {source}\n{error}\n"
    )


def changed(before: Mapping[str, str], path: str, old: str, new: str) -> dict[str, str]:
    assert old in before[path]
    return {**before, path: before[path].replace(old, new)}


ROWS = {
    "app/rows.py": "def unpaid(db):\n    return db.all('select id, name, total from invoices')\n\n\n"
    "def paid(db):\n    return db.all('select id, name from invoices')\n",
    "app/page.py": "from app.rows import unpaid\n\n\ndef page(db):\n    rows = unpaid(db)\n    return rows[0]['name']\n",
}
MISSED = python("app/page.py", 6, "page", "return rows[0]['name']", "KeyError: 'name'")


def test_a_key_taken_out_of_what_gives_the_value_is_what_the_error_misses(tmp_path: Path) -> None:
    after = changed(ROWS, "app/rows.py", "id, name, total", "id, total")
    found = signals(tmp_path, ROWS, after, MISSED)
    told = "took `name`, which the error misses, out of `unpaid` (app/rows.py:2); app/page.py:5 uses its result"
    assert found["took_missing_away"] == (1.0, told)


def test_a_key_taken_out_of_what_gives_another_value_is_not(tmp_path: Path) -> None:
    after = changed(ROWS, "app/rows.py", "'select id, name from invoices'", "'select id from invoices'")
    assert "took_missing_away" not in signals(tmp_path, ROWS, after, MISSED)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("remove_column :users, :nickname, :string", "undefined local variable or method `nickname' for #<User id: 1>"),
        ("rename_column :users, :nickname, :nick", 'PG::UndefinedColumn: ERROR: column "nickname" does not exist'),
    ],
)
def test_a_dropped_column_is_what_the_error_misses(tmp_path: Path, row: str, error: str) -> None:
    user = "class User\n  def name\n    nickname.presence || email\n  end\nend\n"
    before = {"app/models/user.rb": user}
    migration = f"class Drop < ActiveRecord::Migration[7.0]\n  def change\n    {row}\n  end\nend\n"
    trace = f"/srv/app/app/models/user.rb:3:in `name': {error} (NameError)\n"
    found = signals(tmp_path, before, {**before, "db/migrate/2_drop.rb": migration}, trace)
    told = "dropped or renamed the column `nickname` (db/migrate/2_drop.rb:3), which the error misses"
    assert found["took_missing_away"] == (1.0, told)
    added = migration.replace(row, "add_column :users, :nickname, :string")
    other = signals(tmp_path / "other", before, {**before, "db/migrate/2_drop.rb": added}, trace)
    assert "took_missing_away" not in other


MAPPED = {
    "java": (
        "src/Payload.java",
        'class Payload {\n  @JsonProperty("customer_id")\n  Long customerId;\n}\n',
        "src/Bill.java",
        "class Bill {\n  long bill(Payload payload) {\n    return payload.customerId.longValue();\n  }\n}\n",
        'java.lang.NullPointerException: Cannot invoke "java.lang.Long.longValue()" because "payload.customerId" is null\n'
        "\tat Bill.bill(Bill.java:3)\n",
    ),
    "go": (
        "shop/payload.go",
        'package shop\n\ntype Payload struct {\n\tCustomer *Customer `json:"customer_id"`\n}\n',
        "shop/bill.go",
        "package shop\n\nfunc bill(payload Payload) int {\n\treturn payload.Customer.ID\n}\n",
        "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\n"
        "example.org/shop.bill(0xc000010000)\n\t/srv/app/shop/bill.go:4 +0x1d\n",
    ),
    "python": (
        "shop/payload.py",
        'class Payload(BaseModel):\n    customer: Customer = Field(None, alias="customer_id")\n',
        "shop/bill.py",
        "def bill(payload):\n    return payload.customer.number\n",
        python(
            "shop/bill.py",
            2,
            "bill",
            "return payload.customer.number",
            "AttributeError: 'NoneType' object has no attribute 'number'",
        ),
    ),
}


@pytest.mark.parametrize("language", MAPPED)
def test_another_name_by_which_an_attribute_is_read_from_data_gives_it_another_value(
    tmp_path: Path, language: str
) -> None:
    path, payload, reader, source, trace = MAPPED[language]
    before = {path: payload, reader: source}
    found = signals(tmp_path, before, changed(before, path, "customer_id", "customerId"), trace)
    assert path in found["nothing_given"][1]
    text = signals(tmp_path / "other", before, changed(before, path, "Payload", "Request"), trace)
    assert "nothing_given" not in text


VIEW = {
    "app/store.py": "RATES = {\n    'DE': 19,\n    'AT': 20,\n}\nNAMES = {'DE': 'Germany'}\n\n\ndef rate(code):\n    return RATES[code]\n",
    "app/view.py": "from app.store import rate\n\n\ndef view(order):\n    value = rate(order.code)\n    return order.sum * value\n",
}
FAILED = python(
    "app/view.py",
    6,
    "view",
    "return order.sum * value",
    "TypeError: unsupported operand type(s) for *: 'Decimal' and 'float'",
)


def test_a_table_outside_every_function_is_on_the_way_of_the_value(tmp_path: Path) -> None:
    found = signals(tmp_path, VIEW, changed(VIEW, "app/store.py", "'AT': 20", "'AT': float(20)"), FAILED)
    assert "changed what `RATES` becomes (app/store.py:3)" in found["set_what_line_uses"][1]
    assert found["brought_named_type"][1] == "converts to `float`, a type that the error names"


def test_another_table_of_the_file_is_not(tmp_path: Path) -> None:
    found = signals(tmp_path, VIEW, changed(VIEW, "app/store.py", "Germany", "Deutschland"), FAILED)
    assert "set_what_line_uses" not in found
    assert "brought_named_type" not in found


CALLS = {
    "app/load.py": "def load(file):\n    number = 0\n    for row in read(file):\n        number += 1\n        put(row, number)\n\n\n"
    "def put(row, number):\n    return parse(row.text)\n\n\ndef parse(text):\n    return int(text)\n",
    "app/note.txt": "1\n",
}
DEEP = python(
    "app/load.py",
    13,
    "parse",
    "return int(text)",
    "ValueError: invalid literal for int() with base 10: 'x'",
    '  File "/srv/app/app/load.py", line 5, in load',
    "    put(row, number)",
    '  File "/srv/app/app/load.py", line 9, in put',
    "    return parse(row.text)",
)


@pytest.mark.parametrize(
    ("old", "new", "beside"),
    [
        ("number += 1", "number += 2", True),
        ("put(row, number)\n\n", "put(row, number + 1)\n\n", True),
        ("        number += 1\n", "        number += 1\n        METRICS.count('row')\n", True),
        ("put(row, number)\n\n", "put(row.next, number)\n\n", False),
        ("read(file)", "read(file, 1)", False),
        ("        number += 1\n", "        if number:\n            continue\n        number += 1\n", False),
        ("        number += 1\n", "        number += 1\n        row.clear()\n", False),
    ],
)
def test_what_leaves_the_failing_value_alone_is_told(tmp_path: Path, old: str, new: str, beside: bool) -> None:
    found = signals(tmp_path, CALLS, changed(CALLS, "app/load.py", old, new), _moved(DEEP, old, new))
    assert ("beside_the_value" in found) is beside


def _moved(trace: str, old: str, new: str) -> str:
    """The trace with the line numbers behind lines that a change adds."""
    more = new.count("\n") - old.count("\n")
    for line in (13, 9, 5):
        trace = trace.replace(f"line {line},", f"line {line + more},")
    return trace


ASKED = {
    "app/get.py": "from app.client import get\n\n\ndef user(id):\n    data = get('/users/%s' % id)\n    return data.profile.name\n",
    "app/client.py": "def get(url):\n    return fetch(url)\n",
}
NOTHING = python(
    "app/get.py",
    6,
    "user",
    "return data.profile.name",
    "AttributeError: 'NoneType' object has no attribute 'name'",
)


def test_only_a_text_of_a_call_that_was_there_before_is_told(tmp_path: Path) -> None:
    found = signals(tmp_path, ASKED, changed(ASKED, "app/get.py", "/users/%s", "/users/%s?full"), NOTHING)
    assert found["only_texts"] == (1.0, "changed only a text, app/get.py:6 in `user`")
    other = signals(tmp_path / "other", ASKED, changed(ASKED, "app/get.py", "% id", "% id.key"), NOTHING)
    assert "only_texts" not in other


def test_functions_beside_a_line_outside_all_functions_are_not_its_code(tmp_path: Path) -> None:
    main = "import app\n\n\ndef names(rows):\n    return [row.name for row in rows]\n\n\nprint(app.total())\n"
    before = {"main.py": main, "app.py": "def total():\n    return {}['sum']\n"}
    trace = python(
        "app.py",
        2,
        "total",
        "return {}['sum']",
        "KeyError: 'sum'",
        '  File "/srv/main.py", line 8, in <module>',
        "    print(app.total())",
    )
    beside = signals(tmp_path, before, changed(before, "main.py", "row.name", "row.title"), trace)
    assert "touched_any_function" not in beside
    own = signals(
        tmp_path / "own",
        before,
        changed(before, "main.py", "import app\n", "import app\napp.start()\n"),
        trace.replace("line 8", "line 9"),
    )
    assert "touched_any_function" in own


STORE = {
    "src/repo.ts": "export async function byId(id: string) {\n  const row = await db.one('select id, name from users');\n"
    "  return row;\n}\n",
    "src/hello.ts": "import { byId } from './repo';\n\nexport async function hello(id: string) {\n"
    "  const user = await byId(id);\n  return user.name.split(' ')[0];\n}\n",
}
SPLIT = "TypeError: Cannot read properties of undefined (reading 'split')\n    at hello (/srv/app/src/hello.ts:5:20)\n"


def test_what_was_null_and_is_no_longer_named_in_what_gives_it_is_told(tmp_path: Path) -> None:
    taken = signals(tmp_path, STORE, changed(STORE, "src/repo.ts", "id, name", "id, full_name"), SPLIT)
    told = "took `name` out of `byId` (src/repo.ts:2), whose result src/hello.ts:4 uses"
    assert taken["nothing_given"] == (0.8, told)
    other = signals(tmp_path / "other", STORE, changed(STORE, "src/repo.ts", "id, name", "key, name"), SPLIT)
    assert "nothing_given" not in other


ORDER = {
    "app/store.py": "class Order:\n    def __init__(self, row):\n        self.total = row['total']\n"
    "        self.shipping = row.get('shipping', 0)\n",
    "app/order.py": "def receipt(order):\n    return order.total + order.shipping\n",
}
ADDED = python(
    "app/order.py",
    2,
    "receipt",
    "return order.total + order.shipping",
    "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'",
)


def test_an_attribute_that_its_class_sets_otherwise_is_given_another_value(tmp_path: Path) -> None:
    found = signals(tmp_path, ORDER, changed(ORDER, "app/store.py", "'shipping', 0", "'shipping'"), ADDED)
    told = "changed what `shipping` is given (app/store.py:4), which app/order.py:2 uses"
    assert found["nothing_given"] == (1.0, told)
    invoice = changed(ORDER, "app/store.py", "Order", "Invoice")
    other = signals(tmp_path / "other", invoice, changed(invoice, "app/store.py", "'shipping', 0", "'shipping'"), ADDED)
    assert "nothing_given" not in other
