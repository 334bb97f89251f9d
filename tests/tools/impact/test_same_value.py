"""Who rewrites lines so that they compute the same as before did not change what the failing line is given."""

from pathlib import Path

import pytest

from tests.tools.impact.test_shown_texts import JS, PYTHON, changed

RUBY = "/app/page.rb:4:in `price': undefined method `strip' for nil:NilClass (NoMethodError)\n"
HEAD = "def page(user):\n    user = user.first\n"

SAME = {
    "taken out": (
        "page.py", HEAD + "    mail = None\n    {}\n", "return (user.now - parse(user.day, 'd')).days",
        "day = parse(user.day, 'd')\n    return (user.now - day).days", PYTHON.replace("line 4", "line 5"),
    ),
    "put in": (
        "page.py", HEAD + "    {}\n", "db = user.base\n    return db.get(user.id)[0].total",
        "return user.base.get(user.id)[0].total", PYTHON.replace("line 4", "line 3"),
    ),
    "split above the failing line": (
        "page.py", HEAD + "    {}\n    return row['total']\n", "row = user.find(QUERY, (user.id,)).one()",
        "found = user.find(QUERY, (user.id,))\n    row = found.one()", PYTHON.replace("line 4", "line 5"),
    ),
    "a try around it": (
        "page.py", HEAD + "    {}\n    return d\n", "d = domain(user['mail'])",
        "try:\n        d = domain(user['mail'])\n    except IndexError:\n        d = ''", PYTHON,
    ),
    "taken apart": (
        "page.js", "function page(event) {{\n\n  {}\n  console.log('to', 12345678, user.name.x);\n}}\n",
        "const user = event.user;", "const {{ user }} = event;".replace("{{", "{").replace("}}", "}"), JS,
    ),
    "a target that nobody reads": (
        "page.rb", "class Page\n  def price(line)\n    {}\n    price.strip\n  end\nend\n",
        "name, price = line.split(',')", "_name, price = line.split(',')", RUBY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_computes_the_same_is_beside_what_failed(tmp_path: Path, name: str) -> None:
    path, frame, old, new, trace = SAME[name]
    assert changed(tmp_path, path, frame.format(old), old, new, trace) == (False, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "return (user.now - parse(user.day, 'd')).days",
            "day = parse(user.day, 'm')\n    return (user.now - day).days",
        ),
        ("return user.now - parse(user.day).days", "day = user.now - parse(user.day)\n    return day.days"),
        ("return user.total.x", "total = user.sum\n    return total.x"),
        ("return user.a.x + user.a.y", "a = user.a\n    return a.x"),
    ],
)
def test_what_computes_something_else_had_run(tmp_path: Path, old: str, new: str) -> None:
    before = f"{HEAD}    {old}\n"
    line = 2 + len(new.split("\n"))
    assert changed(tmp_path, "page.py", before, old, new, PYTHON.replace("line 4", f"line {line}")) == (True, False)


def test_a_handler_gives_another_value_to_the_lines_below_it(tmp_path: Path) -> None:
    old = "d = domain(user['mail'])"
    before = f"{HEAD}    {old}\n    return d.name\n"
    new = "try:\n        d = domain(user['mail'])\n    except IndexError:\n        d = ''"
    assert changed(tmp_path, "page.py", before, old, new, PYTHON.replace("line 4", "line 7")) == (True, False)
