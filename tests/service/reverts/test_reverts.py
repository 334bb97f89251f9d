"""From the plan to the merge: asked twice it is the same revert, and what changes under it makes it stale."""

import shutil

import pytest

from incidents.errors import FieldInvalid, IncidentNotFound, RevertNotFound, RevertStateConflict
from service.settings import Settings
from service.store.schemas import Feedback
from tests.service.reverts.scene import AUTHOR, ON_CALL, Remote, Scene
from tests.shop import PRICES

UNKNOWN = "f" * 40


async def test_a_revert_is_planned_approved_opened_and_merged(at_github: Scene) -> None:
    remote, reverts = at_github.remote, at_github.reverts
    planned = await reverts.plan(at_github.incident, "ana")
    assert (planned.state, planned.plan.commit, planned.planned_by) == ("planned", at_github.shop.culprit, "ana")
    assert (planned.target, planned.plan.head) == ("main", at_github.shop.shas["readme"])
    assert remote.pushed() == {}
    approved = await reverts.approve(planned.id, "ben")
    assert (approved.state, approved.approved_by) == ("approved", ("ben",))
    opened = await reverts.execute(planned.id, "ben")
    assert (opened.state, opened.problem, opened.notes) == ("open", "", ())
    assert remote.pushed() == {opened.branch: opened.written}
    (pull,) = remote.forge.pulls
    assert (pull.head, pull.base, pull.sha, pull.draft) == (opened.branch, "main", opened.written, False)
    assert (opened.number, opened.url) == (pull.number, f"http://127.0.0.1:{remote.forge.port}/acme/shop/pull/1")
    assert opened.reviewers == (AUTHOR, ON_CALL)
    assert pull.reviewers == [AUTHOR, ON_CALL]
    assert opened.written is not None
    assert remote.text(opened.written, "shop/prices.py") == PRICES
    remote.forge.merge(pull, pull.sha)
    merged = await reverts.refresh(planned.id)
    assert merged.state == "merged"
    incident = await at_github.store.queries.incident(at_github.incident)
    assert incident.revert is not None
    assert (incident.revert.stage, incident.revert.commit) == ("merged", at_github.shop.culprit)


async def test_the_clone_is_fetched_only_for_a_head_that_it_lacks(at_github: Scene) -> None:
    fetches = "upload-pack"
    planned = await at_github.reverts.plan(at_github.incident, "ana")
    asked = [path for path, _ in at_github.remote.git.requests if fetches in path]
    tip = at_github.remote.advance({"README.md": "the other shop\n"})
    anew = await at_github.reverts.plan(at_github.incident, "ana")
    fetched = [path for path, _ in at_github.remote.git.requests if fetches in path]
    assert (planned.plan.head, anew.plan.head) == (at_github.shop.shas["readme"], tip)
    assert len(fetched) - len(asked) > len(asked)


async def test_a_clone_that_is_not_there_yet_is_made(at_github: Scene) -> None:
    shutil.rmtree(at_github.settings.repositories["shop"])
    await at_github.opened()
    assert at_github.settings.repositories["shop"].is_dir()


async def test_asked_twice_it_is_the_same_revert_and_opened_twice_the_same_pull_request(at_github: Scene) -> None:
    first = await at_github.opened()
    assert (await at_github.reverts.plan(at_github.incident, "cleo")).id == first
    assert (await at_github.reverts.execute(first, "cleo")).state == "open"
    assert len(at_github.remote.forge.pulls) == 1
    assert len(await at_github.store.planned_reverts.latest()) == 1


async def test_every_change_is_audited_with_who_made_it(at_github: Scene) -> None:
    revert = await at_github.opened()
    await at_github.reverts.cancel(revert, "cleo")
    records = (await at_github.store.queries.audits(at_github.incident)).records
    told = [(each.action, each.actor) for each in records if each.detail.get("revert") == revert]
    assert told == [
        ("revert planned", "ana"),
        ("revert approved", "ben"),
        ("revert written", "ben"),
        ("revert opened", "ben"),
        ("revert cancelled", "cleo"),
    ]


@pytest.mark.parametrize("named", [UNKNOWN, "HEAD", "main", "", "--upload-pack=touch x", "../x"])
async def test_only_a_commit_that_the_verdict_holds_can_be_named(at_github: Scene, named: str) -> None:
    with pytest.raises(FieldInvalid, match="is no commit that the verdict"):
        await at_github.reverts.plan(at_github.incident, "ana", commit=named)
    with pytest.raises(FieldInvalid):  # in the repository, and not in the failing deploy
        await at_github.reverts.plan(at_github.incident, "ana", commit=at_github.shop.shas["import"])
    other = await at_github.reverts.plan(at_github.incident, "ana", commit=at_github.shop.shas["readme"][:9])
    assert other.plan.commit == at_github.shop.shas["readme"]


async def test_nothing_is_executed_that_nobody_approved(at_github: Scene) -> None:
    planned = await at_github.reverts.plan(at_github.incident, "ana")
    with pytest.raises(RevertStateConflict, match="is planned"):
        await at_github.reverts.execute(planned.id, "ana")
    assert at_github.remote.pushed() == {}


async def test_with_two_persons_nobody_approves_what_he_asked_for(at_github: Scene) -> None:
    strict = at_github.settings.reverts.model_copy(update={"two_persons": True})
    settings = at_github.settings.model_copy(update={"reverts": strict})
    reverts = type(at_github.reverts)(at_github.store, settings)
    planned = await reverts.plan(at_github.incident, "ana")
    with pytest.raises(RevertStateConflict, match="another person"):
        await reverts.approve(planned.id, "ana")
    assert (await reverts.approve(planned.id, "ben")).state == "approved"


async def test_one_person_under_two_names_is_one(at_github: Scene) -> None:
    people = {"people": {"Ana": ("slack:U0ANA", "ana@acme.example")}, "two_persons": True}
    settings = at_github.settings.model_copy(update={"reverts": at_github.settings.reverts.model_copy(update=people)})
    reverts = type(at_github.reverts)(at_github.store, settings)
    planned = await reverts.plan(at_github.incident, "slack:U0ANA")
    for name in ("Ana@acme.example", "ana (command line)", " ana "):
        with pytest.raises(RevertStateConflict, match="another person"):
            await reverts.approve(planned.id, name)
    assert (await reverts.approve(planned.id, "slack:U0BEN")).state == "approved"


async def test_a_head_that_moved_makes_it_stale_and_it_is_planned_and_asked_anew(at_github: Scene) -> None:
    revert = await at_github.approved()
    tip = at_github.remote.advance({"README.md": "the other shop\n"})
    stale = await at_github.reverts.execute(revert, "ben")
    assert (stale.state, stale.problem) == ("stale", f"main has moved to {tip[:12]}")
    assert at_github.remote.pushed() == {}
    assert stale.successor is not None
    anew = await at_github.store.planned_reverts.get(stale.successor)
    assert (anew.state, anew.plan.head, anew.planned_by, anew.approved_by) == ("planned", tip, "ana", ())
    await at_github.reverts.approve(anew.id, "ben")
    assert (await at_github.reverts.execute(anew.id, "ben")).state == "open"


async def test_a_verdict_that_changed_makes_it_stale(at_github: Scene) -> None:
    revert = await at_github.approved()
    await at_github.judged_again(at_github.shop.shas["comment"])
    stale = await at_github.reverts.execute(revert, "ben")
    assert (stale.state, stale.successor) == ("stale", None)
    assert "verdict has changed" in stale.problem
    assert at_github.remote.pushed() == {}


async def test_a_verdict_that_only_was_made_again_leaves_it_as_it_is(at_github: Scene) -> None:
    revert = await at_github.approved()
    await at_github.judged_again(at_github.shop.culprit)
    assert (await at_github.reverts.execute(revert, "ben")).state == "open"


async def test_a_person_who_says_that_it_is_wrong_makes_it_stale(at_github: Scene) -> None:
    planned = await at_github.reverts.plan(at_github.incident, "ana")
    await at_github.store.feedback.add(at_github.incident, Feedback(label="wrong"), "cleo")
    stale = await at_github.reverts.approve(planned.id, "ben")
    assert (stale.state, stale.problem) == ("stale", "a person said that this commit is not the cause")
    with pytest.raises(FieldInvalid, match="not the cause"):
        await at_github.reverts.plan(at_github.incident, "ana")
    anew = await at_github.reverts.plan(at_github.incident, "ana", commit=at_github.shop.culprit)
    assert (anew.id, anew.state, anew.approved_by) == (planned.id, "planned", ())


async def test_a_dry_run_stores_nothing(at_github: Scene) -> None:
    shown = await at_github.reverts.plan(at_github.incident, "ana", dry_run=True)
    assert (shown.id, shown.plan.clean) == ("", True)
    assert await at_github.store.planned_reverts.latest() == ()


async def test_a_plan_that_conflicts_cannot_be_approved(at_github: Scene) -> None:
    at_github.remote.advance(
        {"shop/prices.py": PRICES.replace("found * 1", "found * 2").replace("return 0", "return 1")}
    )
    planned = await at_github.reverts.plan(at_github.incident, "ana")
    assert planned.plan.conflicts
    with pytest.raises(RevertStateConflict, match="conflicts"):
        await at_github.reverts.approve(planned.id, "ben")


async def test_the_second_incident_of_a_tide_gets_the_same_revert_and_its_stages(at_github: Scene) -> None:
    from tests.service.reverts.scene import finished
    from tests.service.stand_ins import alert

    told = alert(base="x", deployed="y", service="billing", message="another error", stack_trace="#0 src/B.php(1): b()")
    await at_github.store.intake.accept(told, "{}")
    second = await finished(at_github.store, at_github.shop)
    revert = await at_github.approved()
    assert (await at_github.reverts.plan(second, "cleo")).id == revert
    await at_github.reverts.execute(revert, "ben")
    for incident in (at_github.incident, second):
        shown = (await at_github.store.queries.incident(incident)).revert
        assert shown is not None
        assert shown.stage == "open"


async def test_what_is_unknown_is_said(at_github: Scene) -> None:
    with pytest.raises(IncidentNotFound):
        await at_github.reverts.plan("INC-nobody", "ana")
    for act in (
        at_github.reverts.approve,
        at_github.reverts.execute,
        at_github.reverts.cancel,
        at_github.reverts.refresh,
    ):
        with pytest.raises(RevertNotFound):
            await act("REV-nobody", "ana")


async def test_without_a_destination_it_is_only_planned(at_github: Scene) -> None:
    fields = at_github.settings.model_dump(mode="json") | {"reverts": {}}
    reverts = type(at_github.reverts)(at_github.store, Settings.model_validate(fields))
    planned = await reverts.plan(at_github.incident, "ana")
    await reverts.approve(planned.id, "ben")
    with pytest.raises(FieldInvalid, match="nothing says where to push to"):
        await reverts.execute(planned.id, "ben")


async def test_what_must_be_executable_is_refused_without_a_destination_and_nobody_hears_of_it(
    at_github: Scene,
) -> None:
    fields = at_github.settings.model_dump(mode="json") | {"reverts": {}}
    reverts = type(at_github.reverts)(at_github.store, Settings.model_validate(fields))
    with pytest.raises(FieldInvalid, match="has no 'shop': nothing says where to push to; in a clone"):
        await reverts.plan(at_github.incident, "ana", executable=True)
    assert await at_github.store.planned_reverts.latest(incident=at_github.incident) == ()
    assert (await at_github.store.queries.incident(at_github.incident)).revert is None


async def test_the_pushed_commit_is_the_planned_one_whoever_writes_it(at_github: Scene, github: Remote) -> None:
    opened = await at_github.store.planned_reverts.get(await at_github.opened())
    assert opened.written is not None
    raw = github.raw
    written = raw.get(opened.written)
    assert written is not None
    from pygit2 import Commit

    commit = written.peel(Commit)
    assert (str(commit.tree_id), [str(each) for each in commit.parent_ids]) == (opened.plan.tree, [opened.plan.head])
    assert commit.message == opened.plan.message
    assert (commit.author.name, commit.author.email) == ("Red Tide", "redtide@localhost")
    assert commit.author.time == commit.committer.time == int(opened.planned_at.timestamp())
