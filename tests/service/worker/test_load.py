"""What the first investigation needs is imported before: while it was imported, the first message waited for seconds."""

import subprocess
import sys
from pathlib import Path

FIRST = """
import asyncio, sys
from pathlib import Path
from langgraph.checkpoint.memory import InMemorySaver
from graph.investigation import investigate
from service.worker.investigator import load
from tests.shop import build_shop

shop = build_shop(Path(sys.argv[1]) / "shop.git")
load()
saver = InMemorySaver()
before = set(sys.modules)
found = asyncio.run(investigate(shop.context(), shop.request(), checkpointer=saver, thread_id='t'))
assert found.verdict.culprit == shop.culprit
print(*sorted(each for each in set(sys.modules) - before if each.split(".")[0] in ("graph", "agents", "tools", "langgraph")))
"""


def test_the_first_investigation_imports_nothing_more(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", FIRST, str(tmp_path)]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
