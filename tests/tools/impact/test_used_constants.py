"""Who changed a constant that the failing line's values come from is told, and keeps "no commit did it" from being said."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

PYTHON = 'Traceback (most recent call last):\n  File "/srv/{path}", line {line}, in {name}\n    x\n{error}\n'
SCRIPT = "TypeError: {error}\n    at {name} (/srv/{path}:{line}:9)\n"
JAVA = "java.time.DateTimeException: bad\n\tat a.Days.read(Days.java:4)\n"
SETTINGS = 'SECRET = "x"\nALGORITHM = "HS256"\nITEMS = 100\n'
TOKENS = "import jwt\nfrom app.settings import ALGORITHM, SECRET\n\n\ndef read(token):\n    return jwt.decode(token, ALGORITHM)\n"
PAGES = "from app import settings\n\n\ndef page(items):\n    return items[:: settings.ITEMS]\n"
REGEX = 'import re\n\nID = re.compile("-")\n\n\ndef run(text):\n    found = ID.match(text)\n    print(found.group(2))\n'
LABELS = "export const LABELS = {\n  open: { text: 'Open' },\n  done: { text: 'Done' },\n};\n"
SHOW = "import { LABELS } from './labels';\n\nexport function show(state) {\n  return LABELS[state].text;\n}\n"
CONF = 'package a;\n\nfinal class Conf {\n    static final String FORMAT = "y";\n    static final int MOST = 3;\n}\n'
DAYS = "package a;\nclass Days {\n    Day read(String text) {\n        return Day.parse(text, Conf.FORMAT);\n    }\n}\n"
IN_TOKENS = PYTHON.format(path="app/tokens.py", line=6, name="read", error="jwt.exceptions.InvalidAlgorithmError: bad")
IN_PAGES = PYTHON.format(path="app/pages.py", line=5, name="page", error="ValueError: step cannot be zero")
IN_REGEX = PYTHON.format(path="app/q.py", line=8, name="run", error="AttributeError: 'NoneType' has no 'group'")
IN_SHOW = SCRIPT.format(path="src/page.js", line=4, name="show", error="Cannot read properties of undefined")
CASES = {
    "imported": ({"app/settings.py": SETTINGS, "app/tokens.py": TOKENS}, "app/settings.py", "HS256", IN_TOKENS, "ALGORITHM", 2),
    "of an imported module": ({"app/settings.py": SETTINGS, "app/pages.py": PAGES}, "app/settings.py", "100", IN_PAGES, "ITEMS", 3),
    "of the same file": ({"app/q.py": REGEX}, "app/q.py", "-", IN_REGEX, "ID", 3),
    "a key of a table": ({"src/labels.js": LABELS, "src/page.js": SHOW}, "src/labels.js", "done", IN_SHOW, "LABELS", 3),
    "of a class of the package": ({"a/Conf.java": CONF, "a/Days.java": DAYS}, "a/Conf.java", '"y"', JAVA, "FORMAT", 4),
}  # fmt: skip


def doubted(folder: Path, files: Mapping[str, str], after: Mapping[str, str], trace: str) -> list[str]:
    """What is said of the commit that changes `after`; none of these may then be stated."""
    built = build(folder, [{"files": dict(files)}, {"files": dict(after)}])
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(trace))
    assert bool(evidence.instead) != bool(evidence.doubts)
    return [each.why for each in evidence.doubts]


@pytest.mark.parametrize("name", CASES)
def test_who_changed_a_constant_that_the_failing_line_uses_is_told(tmp_path: Path, name: str) -> None:
    files, path, old, trace, constant, line = CASES[name]
    changed = {path: files[path].replace(old, '"z"' if old == '"y"' else "7")}

    (why,) = doubted(tmp_path, files, changed, trace)

    assert why.startswith(f"Changed `{constant}` ({path}:{line}), which ")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("imported", "ITEMS = 100", "ITEMS = 200"),
        ("imported", "ALGORITHM =", "# the usual one\nALGORITHM ="),
        ("of a class of the package", "MOST = 3", "MOST = 4"),
        ("a key of a table", "export const LABELS", "export const OTHER = {\n  done: 1,\n};\nexport const LABELS"),
    ],
)
def test_another_constant_and_a_comment_are_not(tmp_path: Path, name: str, old: str, new: str) -> None:
    files, path, _, trace, _, _ = CASES[name]
    assert doubted(tmp_path, files, {path: files[path].replace(old, new)}, trace) == []


def test_a_variable_of_the_function_is_no_constant(tmp_path: Path) -> None:
    shop = "rate = 2\n\n\ndef total(order):\n    rate = order.rate\n    return order.sum / rate\n"
    trace = PYTHON.format(path="shop.py", line=6, name="total", error="ZeroDivisionError: division by zero")
    assert doubted(tmp_path, {"shop.py": shop}, {"shop.py": shop.replace("rate = 2", "rate = 3")}, trace) == []


FORMS = {
    "a comma that makes a tuple": ("RATE = 3\n", "RATE = 3,\n", True),
    "one in brackets": ("RATE = (\n    3\n)\n", "RATE = (\n    3,\n)\n", True),
    "blanks in a text": ('RATE = "a b"\n', 'RATE = "a  b"\n', True),
    "an order": ('RATE = [\n    "a",\n    "b",\n]\n', 'RATE = [\n    "b",\n    "a",\n]\n', True),
    "a comma behind the last element": ('RATE = [\n    "a"\n]\n', 'RATE = [\n    "a",\n]\n', False),
    "blanks between tokens and quotes": ("RATE=[ 'a' ]\n", 'RATE = ["a"]  # all\n', False),
    "other lines": ('RATE = ["a", "b"]\n', 'RATE = [\n    "a",\n    "b",\n]\n', False),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_grammar_says_whether_a_constant_holds_the_same(tmp_path: Path, name: str) -> None:
    old, new, is_changed = FORMS[name]
    shop = "\n\ndef total(order):\n    return order.sum / RATE\n\n\ndef close(order):\n    return {}\n"
    trace = PYTHON.format(
        path="shop.py", line=new.count("\n") + 4, name="total", error="TypeError: unsupported operand"
    )
    after = new + shop.format("order")

    found = doubted(tmp_path, {"shop.py": old + shop.format("None")}, {"shop.py": after}, trace)

    assert [why.partition(" (")[0] for why in found] == (["Changed `RATE`"] if is_changed else [])
