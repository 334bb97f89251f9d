"""A commit is not cleared by a file of which nobody knows what it is, by data that is opened by name, nor where its worker was aborted."""

from pathlib import Path

import pytest

from incidents.evidence import Evidence
from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

DART = "Unhandled exception:\nRangeError (start): Invalid value: Not in inclusive range 0..1: 3\n#0      show (package:shop/page.dart:1:27)\n"
ABORTED = """\
Traceback (most recent call last):
  File "/srv/app/app/views.py", line 2, in orders
    return c.all()
  File "/usr/lib/python3.12/site-packages/gunicorn/workers/base.py", line 204, in handle_abort
    sys.exit(1)
SystemExit: 1
"""
VIEWS = "def orders(c):\n    return c.all()\n"


def gathered(folder: Path, before: Change, after: Change, log: str) -> Evidence:
    built = build(folder, [before, after])
    return gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(log))


@pytest.mark.parametrize("path", ["lib/page.dart", "lib/page.unheardof", "Dockerfile"])
def test_no_code_is_only_said_of_what_is_known_to_be_none(tmp_path: Path, path: str) -> None:
    found = gathered(tmp_path, {"files": {path: "show(0)\n"}}, {"files": {path: "show(3)\n"}}, DART)
    assert not [text for text in found.instead if "No commit of the deploy can have caused it" in text]
    assert "changes no code" not in [each.reason for each in found.ruled_out]


@pytest.mark.parametrize(("log", "doubted"), [(ABORTED, 1), (ABORTED.replace("SystemExit", "OverflowError"), 0)])
def test_who_changed_how_it_is_deployed_is_doubted_where_its_worker_was_aborted(
    tmp_path: Path, log: str, doubted: int
) -> None:
    before: Change = {"files": {"app/views.py": VIEWS, "Dockerfile": "CMD gunicorn --timeout 120\n"}}
    found = gathered(tmp_path, before, {"files": {"Dockerfile": "CMD gunicorn --timeout 5\n"}}, log)
    assert len(found.doubts) == doubted


READS = """\
import json
import os

PATH = os.path.join(os.path.dirname(__file__), "rates.json")
OTHER = "other.json"


def run():
    print(100 / json.load(open({}))["USD"])
"""
DIVIDED = """\
Traceback (most recent call last):
  File "/srv/app/app/job.py", line 9, in run
    print(100 / json.load(open({}))["USD"])
ZeroDivisionError: division by zero
"""


@pytest.mark.parametrize(
    ("spelt", "why"), [("PATH", True), ('"app/rates.json"', True), ('"./app/rates.json"', True), ("OTHER", False), ('"old_rates.json"', False)]
)  # fmt: skip
def test_data_that_the_failing_function_opens_by_name_is_what_it_uses(tmp_path: Path, spelt: str, why: bool) -> None:
    job = READS.format(spelt)
    before: Change = {"files": {"app/job.py": job, "app/rates.json": '{"USD": 1.1}\n'}}
    found = gathered(tmp_path, before, {"files": {"app/rates.json": '{"USD": 0}\n'}}, DIVIDED.format(spelt))
    assert [each.why for each in found.doubts] == ["Changed app/rates.json, which `run` reads."] * why
