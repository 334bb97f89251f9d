"""One commit, tree or file of a stranger's making: the rest of its window is investigated, and what was not read is named."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from service.render import markdown, slack, terminal
from tests.hostile import commits, damage, trees
from tests.hostile.forge import TRACE, Form, History, history
from tools.git.repository import Repository
from tools.text.cache import clear_all

HOLDING = {
    **commits.ENCODINGS,
    **commits.MESSAGES,
    **commits.PEOPLE,
    **commits.TIMES,
    **commits.HEADERS,
    **commits.PARENTS,
    **trees.NAMES,
    **trees.MODES,
    **trees.SHAPES,
    **trees.FILES,
    **damage.ABSENT,
    **damage.DAMAGED,
    **damage.WHOLE_COMMITS,
}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """The same commits lie in many of these repositories; damage in one must not be hidden by another."""
    clear_all()
    yield
    clear_all()


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """What a bomb does to the code under test ends in an error, not in the machine's last byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 3 * 2**30, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


async def investigated(made: History, base: str = "base", deployed: str = "mail") -> Investigation:
    revisions = {"base": made.shas[base], "deployed": made.shas[deployed]}
    alert = Alert.model_validate({"service": "shop", "repository": "shop", "stack_trace": TRACE, **revisions})
    lent = OneRepository(Repository.open(made.forge.path))
    return await investigate(Context(repositories=lent), Request.about(alert))


def ledger(found: Investigation) -> list[str]:
    """Every commit that the evidence lists."""
    evidence = found.evidence
    listed = [each.commit for each in evidence.suspects] + [each.commit for each in evidence.ruled_out]
    return sorted(commit.sha for commit in listed)


def assert_that_it_can_be_told(found: Investigation) -> None:
    found.model_dump_json().encode()
    markdown.render(found.report).encode()
    terminal.render(found.report).encode()
    json.dumps(slack.blocks(found.report), ensure_ascii=False).encode()


def assert_that_what_is_left_out_is_named(found: Investigation, made: History, form: Form) -> None:
    unread = set(found.evidence.unread)
    assert unread >= {made.shas[name] for name in (*form.left_out, *form.hidden)}
    assert all(any(sha[:9] in note for note in found.report.missing) for sha in unread)
    reasons = {each.commit.sha: each.reason for each in found.evidence.ruled_out}
    assert all(reasons[made.shas[name]].startswith("could not be read: ") for name in form.left_out)


@pytest.mark.parametrize("form", HOLDING.values(), ids=HOLDING.keys())
async def test_a_hostile_commit_hides_no_other(form: Form, tmp_path: Path) -> None:
    made = history(tmp_path, form)

    found = await investigated(made)

    assert ledger(found) == sorted(made.window)
    assert {made.name(sha) for sha in found.evidence.unread} == {*form.left_out, *form.hidden}
    assert_that_what_is_left_out_is_named(found, made, form)
    assert_that_it_can_be_told(found)
    if "guilty" in (*form.left_out, *form.hidden):
        assert found.verdict.outcome == "unsure"
    else:
        assert found.verdict.culprit == made.shas["guilty"]


@pytest.mark.parametrize("form", damage.CUT.values(), ids=damage.CUT.keys())
async def test_where_the_history_breaks_off_what_came_after_is_investigated(form: Form, tmp_path: Path) -> None:
    made = history(tmp_path, form)

    found = await investigated(made)

    assert set(ledger(found)) >= set(made.window[1:])
    assert made.shas["readme"] not in ledger(found)
    assert_that_what_is_left_out_is_named(found, made, form)
    assert any("the history ends there, before the base" in note for note in found.report.missing)
    assert_that_it_can_be_told(found)
    expected = "unsure" if "guilty" in form.left_out else "culprit"
    assert found.verdict.outcome == expected
