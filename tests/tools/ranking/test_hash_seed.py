"""Python walks a set in another order in each process: the evidence must not depend on it, not in the last digit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recorded import FOLDERS, load

_GATHER = """
import json, sys
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

for path, base, deployed, text in json.load(sys.stdin):
    print(gather(Repository.open(path), base, deployed, parse(text)).model_dump_json())
"""


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> str:
    built = [load(folder, tmp_path_factory.mktemp("seed")) for folder in FOLDERS]
    return json.dumps([(str(each.repository), each.base, each.deployed, each.alert.stack_trace) for each in built])


def _evidence(incidents: str, seed: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", _GATHER],
        input=incidents,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


def test_evidence_is_the_same_whatever_the_hash_seed(incidents: str) -> None:
    first, *others = (_evidence(incidents, seed) for seed in ("0", "1", "2"))
    assert first.count("\n") == len(FOLDERS)
    assert all(other == first for other in others)
