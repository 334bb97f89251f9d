"""Without a model, the five nodes called one after another are the workflow."""

import subprocess
import sys

from graph.draining import Drain
from graph.investigation import Investigation, investigate
from incidents.reasoning import NodeRun
from tests.shop import Shop

PROGRAM = """
import sys
from service.cli import main
status = main(sys.argv[1:])
assert "tools.ranking.gather" in sys.modules
sys.exit(status or len({"langgraph", "agents.prompt", "tools.logs.client", "models.openai_server"} & set(sys.modules)))
"""


def said(found: Investigation) -> object:
    """All of it but the times."""
    nodes = [(step.node, step.outcome) for step in found.steps if isinstance(step, NodeRun)]
    return found.evidence, found.verdict, found.report.model_copy(update={"seconds": 0.0}), nodes


async def test_the_end_is_that_of_the_workflow(shop: Shop) -> None:
    alone = await investigate(shop.context(None), shop.request())
    by_the_graph = await investigate(shop.context(None), shop.request(), drain=Drain())
    assert said(alone) == said(by_the_graph)
    nodes = ["read_log", "find_window", "gather_evidence", "settle_verdict", "write_report"]
    assert [getattr(step, "node", "") for step in alone.steps] == nodes


def test_the_command_line_imports_neither_langgraph_nor_agents_when_no_model_is_asked(shop: Shop) -> None:
    asked = shop.request().alert
    given = ["--repo", str(shop.path), "--base", str(asked.base), "--deployed", str(asked.deployed), "--trace", "-"]
    command = [sys.executable, "-c", PROGRAM, "investigate", *given, "--no-model", "--json"]
    done = subprocess.run(command, input=asked.text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
