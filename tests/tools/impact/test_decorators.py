"""A decorator gives what is used under its function's name: who changed it, put it on or took it off changed that."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

WRAP = "def logged(f):\n    def inner(*a):\n        {}f(*a)\n    return inner\n"
JOB = """\
from app.wrap import logged


@logged
def total(items):
    return sum(items)


def run():
    n = total([1, 2])
    print(n + 1)
"""
USER = 'class User:\n    def __init__(self):\n        self._name = "a"\n\n{}    def name(self):\n        return self._name\n'
PRINT = "from app.user import User\n\n\ndef run():\n    u = User()\n    print(u.name.upper())\n"
TRACE = 'Traceback (most recent call last):\n  File "/srv/app/app/job.py", line {}, in run\n    {}\n{}\n'


@pytest.mark.parametrize(
    ("files", "path", "after", "error"),
    [
        (
            {"app/job.py": JOB, "app/wrap.py": WRAP.format("return ")},
            "app/wrap.py",
            WRAP.format(""),
            TRACE.format(11, "print(n + 1)", "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'"),
        ),
        (
            {"app/job.py": PRINT, "app/user.py": USER.format("    @property\n")},
            "app/user.py",
            USER.format(""),
            TRACE.format(6, "print(u.name.upper())", "AttributeError: 'function' object has no attribute 'upper'"),
        ),
    ],
)
def test_a_changed_decorator_is_what_the_failing_line_uses(
    tmp_path: Path, files: dict[str, str], path: str, after: str, error: str
) -> None:
    built = build(tmp_path, [{"files": files}, {"files": {path: after}}])
    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(error))
    assert {each.path for each in found.producers} == {path}
    assert found.instead == ()
