"""Every recorded incident through the whole flow: real git, real graph, real prompts; only the model is scripted."""

from pathlib import Path

import pytest

from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.state import Context
from service.render import markdown, slack, terminal
from tests.recorded import FOLDERS, Recorded, Said, load
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.revert.plan import plan_revert

every_incident = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
AGENTS = {"zero_shot", "chain_of_thought", "developer", "judge", "incident_manager"}
UNLIKELY = 0.05


@pytest.fixture
def recorded(folder: Path, tmp_path: Path) -> Recorded:
    return load(folder, tmp_path)


def _as_recorded(found: Investigation, recorded: Recorded, pinned: Said | None) -> None:
    """The truth, or else exactly what is pinned for a case known to be got wrong (`python -m tests.pin` re-pins)."""
    said = recorded.said(found.verdict)
    if pinned is None:
        assert (said.outcome, said.culprit) == (recorded.expected.outcome, recorded.expected.culprit)
    else:
        assert said == pinned
        assert not recorded.right(said)


def _complete(found: Investigation, recorded: Recorded) -> None:
    """Every commit of the window is told of once, and every surface tells the same verdict."""
    window = {commit.sha for commit in Repository.open(recorded.repository).window(recorded.base, recorded.deployed)}
    seen = [suspect.commit.sha for suspect in found.verdict.suspects]
    seen += [dropped.commit.sha for dropped in found.verdict.ruled_out]
    assert sorted(seen) == sorted(window)
    report = found.report
    assert report.outcome == found.verdict.outcome
    for surface in (terminal.render(report, width=200), markdown.render(report), str(slack.blocks(report))):
        assert report.headline.split(" · ")[0] in surface
        if found.verdict.culprit is not None:
            assert found.verdict.culprit[:9] in surface


@every_incident
async def test_evidence_alone_gives_the_recorded_verdict(recorded: Recorded) -> None:
    found = await investigate(
        Context(repositories=OneRepository(Repository.open(recorded.repository))), recorded.request
    )
    expected = recorded.expected

    _complete(found, recorded)
    assert found.verdict.mode == "evidence"
    likely = {each.commit.sha for each in found.verdict.suspects if each.probability >= UNLIKELY}
    assert not likely & {recorded.sha(name) for name in expected.innocent}
    _as_recorded(found, recorded, expected.actual.evidence if expected.actual else None)


@every_incident
async def test_agents_that_see_the_truth_bring_the_verdict_there(recorded: Recorded) -> None:
    repository, request, expected = Repository.open(recorded.repository), recorded.request, recorded.expected
    evidence = gather(repository, recorded.base, recorded.deployed, request.trace, first_seen=request.first_seen)
    model = recorded.model([suspect.commit.sha for suspect in evidence.suspects])
    if model is None:
        pytest.skip("no replies are recorded")

    found = await investigate(
        Context(repositories=OneRepository(repository), model=model, model_name="scripted"), request
    )

    _complete(found, recorded)
    assert not [opinion.abstained for opinion in found.verdict.opinions if opinion.abstained]
    assert {question.agent for question in model.questions} == (AGENTS if evidence.suspects else set())
    _as_recorded(found, recorded, expected.actual.agents if expected.actual else None)


@every_incident
def test_the_culprit_reverts_as_recorded(recorded: Recorded) -> None:
    culprit = recorded.sha(recorded.expected.culprit)
    if culprit is None:
        pytest.skip("nothing to revert")
    plan = plan_revert(Repository.open(recorded.repository), culprit, recorded.deployed)

    assert ("clean" if plan.clean else "conflicts") == recorded.expected.reverts


@every_incident
def test_the_same_folders_always_give_the_same_commits(folder: Path, tmp_path: Path) -> None:
    assert load(folder, tmp_path / "a").shas == load(folder, tmp_path / "b").shas
