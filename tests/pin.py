"""`python -m tests.pin`: write down what comes out today of each recorded incident that is got wrong.

Run it after the ranker or the weights of opinions have changed, and read the diff: a pin that goes is a case gained, a
new one a case lost.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from graph.investigation import investigate
from graph.ports import OneRepository
from graph.state import Context
from tests.recorded import FOLDERS, Recorded, Said, load
from tools.git.repository import Repository
from tools.ranking.gather import gather


async def both(recorded: Recorded) -> dict[str, Said]:
    """What evidence alone says, and what comes out with the scripted agents, if there are any."""
    repository, request = Repository.open(recorded.repository), recorded.request
    alone = await investigate(Context(repositories=OneRepository(repository)), request)
    evidence = gather(repository, recorded.base, recorded.deployed, request.trace, first_seen=request.first_seen)
    model = recorded.model([suspect.commit.sha for suspect in evidence.suspects])
    said = {"evidence": recorded.said(alone.verdict)}
    if model is not None:
        asked = await investigate(
            Context(repositories=OneRepository(repository), model=model, model_name="scripted"), request
        )
        said["agents"] = recorded.said(asked.verdict)
    return said


def pin(folder: Path, place: Path) -> None:
    """Set or remove `actual` in the folder's expected.yaml."""
    file = folder / "expected.yaml"
    expected: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    expected.pop("actual", None)
    _write(file, expected)
    recorded = load(folder, place)
    wrong = {mode: said for mode, said in asyncio.run(both(recorded)).items() if not recorded.right(said)}
    if wrong:
        _write(file, {**expected, "actual": {mode: said.model_dump(exclude_none=True) for mode, said in wrong.items()}})
    sys.stdout.write(f"{folder.name}: {'WRONG: ' + ', '.join(wrong) if wrong else 'right'}\n")


def _write(file: Path, expected: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(expected, sort_keys=False, allow_unicode=True, width=118), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for each in FOLDERS:
            pin(each, Path(folder))
