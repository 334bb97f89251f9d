"""Which definition a commit changed that the file of a failing check uses."""

import re
from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import window_of

PYTHON = {
    "shop/tokens.py": "from shop import lifetimes\n\n\ndef issue(now):\n    return now + lifetimes.access()\n\n\n"
    "def check(expires, now):\n    if expires <= now:\n        raise ValueError('token expired')\n",
    "shop/lifetimes.py": "def access():\n    return 3600\n\n\ndef other():\n    return 2\n",
}
TRACE = """Traceback (most recent call last):
  File "/srv/shop/tokens.py", line 10, in check
    raise ValueError('token expired')
ValueError: token expired
"""
SCRIPT = {
    "web/token.js": "const life = require('./token-life');\n\nfunction check(now) {\n"
    "  if (now > life.longest) {\n    throw new Error('token expired');\n  }\n}\n",
    "web/token-life.js": "exports.longest = 3600;\nexports.shortest = 60;\n",
}
SCRIPT_TRACE = "Error: token expired\n    at check (/srv/web/token.js:5:11)\n"
RUBY = {
    "app/token.rb": "require_relative 'limits'\n\nclass Token\n  def check(age)\n"
    "    raise 'token expired' if age > Limits.longest\n  end\nend\n",
    "app/limits.rb": "class Limits\n  def self.longest\n    3600\n  end\n\n  def self.least\n    1\n  end\nend\n",
}
RUBY_TRACE = "RuntimeError: token expired\n/srv/app/token.rb:5:in `check'\n"


@pytest.mark.parametrize(
    ("files", "path", "used", "unused", "trace"),
    [
        (PYTHON, "shop/lifetimes.py", "3600", "return 2", TRACE),
        (SCRIPT, "web/token-life.js", "3600", "60;", SCRIPT_TRACE),
        (RUBY, "app/limits.rb", "3600", "    1\n", RUBY_TRACE),
    ],
    ids=["python", "javascript", "ruby"],
)
def test_only_what_the_file_of_the_check_uses_feeds_it(
    tmp_path: Path, files: dict[str, str], path: str, used: str, unused: str, trace: str
) -> None:
    assert fed(tmp_path / "used", files, path, used, trace)
    assert not fed(tmp_path / "unused", files, path, unused, trace)


def fed(folder: Path, files: dict[str, str], path: str, old: str, trace: str) -> bool:
    """Whether a commit feeds the check that changes a number of the file."""
    new = files[path].replace(old, re.sub(r"\d+", "77", old))
    changes: list[Change] = [{"files": files}, {"files": {path: new}}]
    (change,) = window_of(folder, changes, trace).changes
    return change.feeds_check


def test_a_line_that_is_no_check_is_fed_by_none(tmp_path: Path) -> None:
    files = {
        **PYTHON,
        "shop/tokens.py": PYTHON["shop/tokens.py"].replace(
            "        raise ValueError('token expired')", "        stop()"
        ),
    }
    changes: list[Change] = [{"files": files}, {"files": {"shop/lifetimes.py": "def access():\n    return 1\n"}}]
    (change,) = window_of(tmp_path, changes, TRACE.replace("raise ValueError('token expired')", "stop()")).changes
    assert not change.feeds_check
