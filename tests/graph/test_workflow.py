"""The graph's shape, and what it may not carry."""

import subprocess
import sys

from graph.workflow import diagram, workflow


def test_the_diagram_shows_every_node_and_the_one_way_back() -> None:
    drawn = diagram()
    for node in (
        "read_log",
        "find_window",
        "gather_evidence",
        "ask_zero_shot",
        "ask_chain_of_thought",
        "ask_developer",
        "advise",
        "write_report",
    ):
        assert node in drawn
    assert "advise -.-> ask_developer" in drawn
    assert "gather_evidence -.-> settle_verdict" in drawn


def test_the_graph_is_compiled_once() -> None:
    assert workflow() is workflow()


def test_stating_a_request_does_not_load_langgraph() -> None:
    code = "import sys, graph.investigation; sys.exit('langgraph' in sys.modules or 'jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
