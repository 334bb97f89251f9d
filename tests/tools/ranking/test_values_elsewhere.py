"""A failing line's age explains nothing where what it works on can be new."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

START: Change = {
    "files": {
        "shop/report.py": 'from shop.reader import text\n\n\ndef build(path):\n    return "Report: " + text(path)\n',
        "shop/reader.py": "def text(path):\n    return open(path).read()\n",
        "shop/other.py": "def other():\n    return 1\n",
        "shop/tokens.py": "from shop import lifetimes\n\n\ndef issue(now):\n    return now + lifetimes.access()\n\n\n"
        "def check(expires, now):\n    if expires <= now:\n        raise ValueError('token expired')\n",
        "shop/lifetimes.py": "def access():\n    return 3600\n",
        "web/token.js": "const life = require('./token-life');\n\nfunction check(now) {\n"
        "  if (now > life.longest) {\n    throw new Error('token expired');\n  }\n}\n",
        "web/token-life.js": "exports.longest = 3600;\n",
        "web/cart.ts": "export const body = (cart) => ({ due_total: cart.due });\n",
        "shop/cart.py": "def pay(body):\n    return body['due_total']\n",
    }
}
READ = """Traceback (most recent call last):
  File "/srv/shop/report.py", line 5, in build
    return "Report: " + text(path)
TypeError: can only concatenate str (not "bytes") to str
"""
EXPIRED = """Traceback (most recent call last):
  File "/srv/shop/tokens.py", line 10, in check
    raise ValueError('token expired')
ValueError: token expired
"""
OVER = """Error: token expired
    at check (/srv/web/token.js:5:11)
"""
MISSED = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 2, in pay
    return body['due_total']
KeyError: 'due_total'
"""
CASES = {
    "the function whose result is used": ("shop/reader.py", "open(path)", "open(path, 'rb')", READ),
    "the file that the check names": ("shop/lifetimes.py", "3600", "1", EXPIRED),
    "a file whose name has a hyphen": ("web/token-life.js", "3600", "1", OVER),
    "the program that sends the key": ("web/cart.ts", "due_total", "dueTotal", MISSED),
}


def instead(folder: Path, path: str, old: str, new: str, trace: str) -> tuple[str, ...]:
    after: Change = {"files": {path: str(START["files"][path]).replace(old, new)}, "message": "Change it"}
    quiet: Change = {"files": {"shop/other.py": "def other():\n    return 2\n"}, "message": "Two"}
    built = build(folder, [START, after, quiet])
    return gather(Repository.open(built.path), built.shas[0], built.shas[2], parse(trace)).instead


@pytest.mark.parametrize("case", CASES)
def test_the_age_of_the_line_is_no_explanation(tmp_path: Path, case: str) -> None:
    path, old, new, trace = CASES[case]
    assert instead(tmp_path / "new", path, old, new, trace) == ()
    (said,) = instead(tmp_path / "old", "shop/other.py", "1", "3", trace)
    assert "is older than the deploy" in said


def test_a_schema_that_dropped_what_the_error_names_explains_more_than_the_age_of_the_line(tmp_path: Path) -> None:
    code: Change = {
        "files": {
            "shop/orders.py": "def load(db):\n    return db.run('SELECT due_total FROM orders')\n",
            "db/1.sql": "CREATE TABLE orders (due_total INT);\n",
        }
    }
    drop: Change = {"files": {"db/2.sql": "ALTER TABLE orders DROP COLUMN due_total;\n"}, "message": "Less"}
    other: Change = {"files": {"db/3.sql": "CREATE INDEX a ON orders (id);\n"}, "message": "Index"}
    trace = (
        'Traceback (most recent call last):\n  File "/srv/shop/orders.py", line 2, in load\n'
        "    return db.run('SELECT due_total FROM orders')\nUndefinedColumn: column \"due_total\" does not exist\n"
    )
    built = build(tmp_path, [code, drop, other])
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[2], parse(trace))
    assert evidence.instead == ()
    assert evidence.suspects[0].commit.sha == built.shas[1]
    dropped = "Dropped or renamed the column `due_total` (db/2.sql:1), which the error misses."
    assert dropped in evidence.suspects[0].reasons
