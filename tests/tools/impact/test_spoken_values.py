"""Who added or removed a text that the error quotes is told."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

JOB = "from app.fmt import show\n\n\ndef age(text):\n    return strptime(text, MADE)\n"
TRACE = 'Traceback (most recent call last):\n  File "/srv/app/job.py", line 5, in age\n    x\nValueError: {}\n'


@pytest.mark.parametrize(
    ("old", "error", "tells"),
    [
        ("%Y-%m-%d", "time data '03.11.2026' does not match format '%Y-%m-%d'", True),
        ("a, b", "cannot read 'a, b'", True),
        ("-", "no '-' in it", False),
        ("x;", "expected 'x;'", False),
    ],
)
def test_a_quoted_text_that_a_commit_took_away_is_told(tmp_path: Path, old: str, error: str, tells: bool) -> None:
    format_of = f'KIND = "{old}"\n\n\ndef show(day):\n    return day.strftime(KIND)\n'
    files = {"app/job.py": JOB, "app/fmt.py": format_of}
    built = build(tmp_path, [{"files": files}, {"files": {"app/fmt.py": format_of.replace(old, "%d.%m.%y")}}])

    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(TRACE.format(error))).doubts

    told = f"Changed a line with `{old}` (app/fmt.py:1), which the error names."
    assert [each.why for each in found] == ([told] if tells else [])
