"""Where git suspects nobody, the agents compare what it ruled out for lack of evidence."""

from pathlib import Path
from typing import Any

from agents.limits import Limits
from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from models.scripted import ScriptedModel
from tests.repositories import Change, build
from tests.shop import MESSAGE, compared, inquiry, judgement, reflection
from tools.git.repository import Repository

_SAVE = "def keep(text):\n    return text or None\n"
_BROKEN = "def keep(text):\n    return len(text)\n"
_PRINT = "from shop.save import keep\n\n\ndef render_page(text):\n    page = keep(text)\n    return page.strip()\n"
_CHANGED = {"path": "shop/save.py", "line": 2, "text": "return len(text)"}
_STEPS = [
    {"path": "shop/save.py", "line": 2, "function": "keep", "says": "returns a number"},
    {"path": "shop/printing.py", "line": 6, "function": "render_page", "says": "strips a number"},
]
_ERROR = "Uncaught TypeError: undefined is not a function\n- shop.printing.render_page"


async def investigated(
    folder: Path, said: dict[str, Any], error: str = _ERROR, **files: str
) -> tuple[Investigation, str, ScriptedModel]:
    """A deploy of a harmless commit and of one that empties a value, which git cannot tell from the error's words."""
    old = {"shop/save.py": _SAVE, "shop/printing.py": _PRINT, "README.md": "shop\n"}
    changes = (
        [files]
        if files
        else [{"shop/doors.py": "def doors(shop):\n    return shop.doors\n"}, {"shop/save.py": _BROKEN}]
    )
    deploy: list[Change] = [{"files": each} for each in changes]
    built = build(folder, [{"files": old}, *deploy])
    model = ScriptedModel({**said, "incident_manager": MESSAGE})
    lent = OneRepository(Repository.open(built.path))
    context = Context(repositories=lent, model=model, model_name="scripted", limits=Limits())
    alert = Alert(service="shop", repository="shop", stack_trace=error, base=built.shas[0], deployed=built.shas[-1])
    return await investigate(context, Request.about(alert)), built.shas[-1], model


BLAMES = {
    "chain_of_thought": compared(1),
    "developer": inquiry(reflection(commit="1", changed=_CHANGED, steps=_STEPS)),
    "judge": judgement("culprit", 1),
}
CLEARS = {
    "chain_of_thought": compared(0),
    "developer": inquiry(reflection("before", steps=[])),
    "judge": judgement("none"),
}


async def test_who_git_ruled_out_for_lack_of_evidence_is_compared_and_named(tmp_path: Path) -> None:
    found, culprit, model = await investigated(tmp_path, BLAMES)
    assert not found.evidence.suspects
    assert {question.agent for question in model.questions} == {
        "chain_of_thought",
        "developer",
        "judge",
        "incident_manager",
    }
    assert "1. " + culprit[:12] in model.questions[0].prompt.user
    assert (found.verdict.outcome, found.verdict.culprit, found.verdict.mode) == ("culprit", culprit, "agents")
    assert [each.commit.sha for each in found.verdict.suspects] == [culprit]
    assert len(found.verdict.ruled_out) == 1


async def test_nobody_becomes_a_suspect_by_being_cleared(tmp_path: Path) -> None:
    found, _, _ = await investigated(tmp_path, CLEARS, error="org.acme.RenderException")
    assert (found.verdict.outcome, found.verdict.suspects, len(found.verdict.ruled_out)) == ("not_enough", (), 2)
    assert found.verdict.mode == "agents"
    assert found.verdict.confidence.basis[0] == "no commit shares anything with what was seen"


async def test_whom_a_fact_excludes_nobody_is_asked_about(tmp_path: Path) -> None:
    found, _, model = await investigated(tmp_path, {}, **{"README.md": "the shop\n"})
    assert (found.verdict.mode, model.questions) == ("evidence", [])


async def test_a_definition_that_only_the_rest_of_the_text_names_counts_as_seen(tmp_path: Path) -> None:
    named, _, _ = await investigated(tmp_path / "named", BLAMES)
    silent, culprit, _ = await investigated(
        tmp_path / "silent", BLAMES, error="Uncaught TypeError: undefined is not a function"
    )
    assert [each.evidence.seen.visibility for each in (named, silent)] == ["message", "nothing"]
    assert (silent.verdict.outcome, silent.verdict.to_read) == ("unsure", (culprit,))
