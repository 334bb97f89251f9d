"""An old line acquits the window at any distance: its author is found beyond the commits that are read."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact import line_origins as module
from tools.impact.context import SignalContext
from tools.ranking.gather import read_context
from tools.signals.registry import measure
from tools.text.cache import clear_all
from tools.traces import PathIndex, map_to_repository, parse

SCRIPT = "import sys\n\n\ndef run(job):\n    return None\n"
TRACE = 'Traceback (most recent call last):\n  File "/srv/run.py", line {}, in run\n    return job.start()\nValueError: no\n'


def context_of(folder: Path, distance: int) -> tuple[SignalContext, str]:
    """(the failing line's context at the end, the commit that wrote the line), `distance` commits before the window."""
    guilty = SCRIPT.replace("return None", "return job.start()")
    between: list[Change] = [{"files": {"notes.py": f"N = {number}\n"}} for number in range(distance)]
    moved: Change = {"files": {"run.py": "# run it\n" + guilty}}
    window: list[Change] = [{"files": {"mail.py": f"M = {number}\n"}} for number in range(3)]
    built = build(folder, [{"files": {"run.py": SCRIPT}}, {"files": {"run.py": guilty}}, moved, *between, *window])
    repository = Repository.open(built.path)
    end = built.shas[-1]
    trace = map_to_repository(parse(TRACE.format(6)), PathIndex(repository.paths(end)))
    commits = repository.window(built.shas[-4], end)
    return read_context(repository, commits, end, trace), built.shas[1]


@pytest.mark.parametrize("distance", [5, 230])
def test_the_author_of_the_failing_line_competes_at_any_distance(tmp_path: Path, distance: int) -> None:
    context, author = context_of(tmp_path, distance)
    old = {change.commit.sha: change for change in context.earlier}
    assert author in old
    assert old[author].live_before
    found = {each.name: each.value for each in measure(context, old[author])}
    assert found["wrote_any_new_line"] == 1.0
    assert len(context.changes) == 3


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_all()
    monkeypatch.setattr(module, "MOST_COMMITS", 100)
    context, author = context_of(tmp_path, 230)
    assert author not in {change.commit.sha for change in context.earlier}
