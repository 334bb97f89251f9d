"""What a model says for "none of these" over a real repository: a way through older code counts, any two lines do not."""

from pathlib import Path
from typing import Any

import pytest

from agents.limits import Limits
from graph.investigation import investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from incidents.verdict import Verdict
from models.scripted import ScriptedModel
from tests.repositories import build
from tests.shop import MESSAGE, compared, direct, inquiry, judgement, reflection
from tools.git.repository import Repository

_QUOTE = """\
from hall.rows import seat_of


def quote(hall, name):
    seat = seat_of(hall, name)
    hall.asked += 1
    return round(seat.price)
"""
_ROWS = "def seat_of(hall, name):\n    for seat in hall.rows:\n        if seat.name == name:\n            return seat\n"
_SALES = "def sold(hall):\n    return len(hall.tickets)\n"
_NOW = "def sold(hall):\n    return sum(ticket.price for ticket in hall.tickets)\n"
_DOORS = "def doors(hall):\n    return hall.doors\n"
_ERROR = "the quote failed: a seat without a price"


def line(path: str, number: int, function: str) -> dict[str, Any]:
    return {"path": path, "line": number, "function": function, "says": "here"}


WAY = [line("hall/quote.py", 5, "quote"), line("hall/quote.py", 7, "quote")]
NEIGHBOURS = [line("hall/quote.py", 6, "quote"), line("hall/quote.py", 7, "quote")]
FIRST_LINES = [line("hall/quote.py", 1, ""), line("hall/quote.py", 2, "")]
SURPLUS = [*WAY, line("hall/sales.py", 2, "sold")]


async def settled(folder: Path, steps: list[dict[str, Any]], *, error: str = _ERROR) -> Verdict:
    """The verdict of a team that says none, each agent for itself, with these steps of the developer."""
    old = {"hall/quote.py": _QUOTE, "hall/rows.py": _ROWS, "hall/sales.py": _SALES}
    built = build(folder, [{"files": old}, {"files": {"hall/sales.py": _NOW}}, {"files": {"hall/doors.py": _DOORS}}])
    said: dict[str, Any] = {
        "zero_shot": direct(False, 0.1),
        "chain_of_thought": compared(0),
        "developer": inquiry(reflection("before", steps=steps)),
        "judge": judgement("none"),
        "incident_manager": MESSAGE,
    }
    lent = OneRepository(Repository.open(built.path))
    context = Context(repositories=lent, model=ScriptedModel(said), model_name="scripted", limits=Limits())
    alert = Alert(service="hall", repository="hall", stack_trace=error, base=built.shas[0], deployed=built.shas[2])
    return (await investigate(context, Request.about(alert))).verdict


@pytest.mark.parametrize(
    ("steps", "outcome"), [(WAY, "none"), (SURPLUS, "none"), (NEIGHBOURS, "open"), (FIRST_LINES, "open"), ([], "open")]
)
async def test_a_team_that_says_none_is_followed_by_a_way_and_not_by_any_two_lines(
    tmp_path: Path, steps: list[dict[str, Any]], outcome: str
) -> None:
    """One step too many, which code does not find, takes nothing away."""
    verdict = await settled(tmp_path, steps)
    assert (verdict.outcome if verdict.outcome == "none" else "open") == outcome


@pytest.mark.parametrize(("steps", "word"), [(WAY, "medium"), (SURPLUS, "low")])
async def test_it_is_medium_where_the_whole_team_says_it_and_code_found_every_step(
    tmp_path: Path, steps: list[dict[str, Any]], word: str
) -> None:
    assert (await settled(tmp_path, steps)).confidence.word == word
