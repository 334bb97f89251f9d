"""What else goes wrong at a forge: expired tokens, renamed and protected branches, queues, missing reviews, late errors."""

from typing import Literal

import pytest

from incidents.errors import ForgeRefused, ForgeUnavailable
from tests.service.reverts.forge_state import Fault
from tests.service.reverts.scene import Scene
from tests.service.reverts.test_forges import any_forge, at_forge, changed

ONE_DATABASE = True
__all__ = ["any_forge", "at_forge"]

How = Literal["after", "hang up", "limited", "limited later"]
RULES = {
    "reviews": "At least 1 approving review is required by reviewers with write access.",
    "queue": "Repository rule violations found: Changes must be made through the merge queue",
    "protected": "Protected branch rules not satisfied: the token may not merge into main",
}


async def seen(scene: Scene, revert: str) -> tuple[str, str]:
    found = await scene.reverts.refresh(revert)
    return found.state, found.problem


def renamed(scene: Scene, name: str = "trunk") -> None:
    """The default branch gets another name at the forge, as forges do it: open pull requests ask for the new one."""
    scene.remote.raw.branches["main"].rename(name)
    scene.remote.raw.set_head(f"refs/heads/{name}")
    for pull in scene.remote.forge.pulls:
        pull.base = name


@pytest.mark.parametrize("how", ["after", "hang up"])
async def test_a_forge_that_fails_after_it_merged_is_looked_at_again(at_forge: Scene, how: How) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert, forge = await scene.opened(), scene.remote.forge
    forge.checks = "passed"
    forge.faults.append(Fault("POST" if forge.kind == "gitea" else "PUT", "/merge", how))
    assert await seen(scene, revert) == ("merged", "")


async def test_a_forge_that_fails_after_it_closed_is_asked_again(at_forge: Scene) -> None:
    revert, forge = await at_forge.opened(), at_forge.remote.forge
    forge.faults.append(Fault("PUT" if forge.kind == "gitlab" else "PATCH", "/1", "after"))
    first = await at_forge.reverts.cancel(revert, "ben")
    assert first.problem.startswith("it could not be undone")
    ended = await at_forge.reverts.cancel(revert, "ben")
    assert (ended.state, ended.problem, forge.open_pulls(), at_forge.remote.pushed()) == ("cancelled", "", [], {})


@pytest.mark.parametrize("how", ["limited", "limited later"])
async def test_a_rate_limit_while_it_is_watched_or_undone_is_passed_over(at_forge: Scene, how: How) -> None:
    revert, forge = await at_forge.opened(), at_forge.remote.forge
    forge.faults.append(Fault("GET", "/1", how, times=2))
    with pytest.raises(ForgeUnavailable, match="rate limit, free again"):
        await at_forge.reverts.refresh(revert)
    first = await at_forge.reverts.cancel(revert, "ben")
    assert (first.state, "rate limit" in first.problem) == ("open", True)
    assert (await at_forge.reverts.cancel(revert, "ben")).state == "cancelled"


async def test_a_token_that_expires_between_push_and_request_is_said_and_a_new_one_completes_it(
    at_forge: Scene,
) -> None:
    at_forge.remote.forge.expired = True
    failed = await at_forge.reverts.execute(await at_forge.approved(), "ben")
    assert (failed.state, "(401)" in failed.problem) == ("failed", True)
    assert at_forge.remote.pushed() == {failed.branch: failed.written}
    at_forge.remote.forge.expired = False
    again = await at_forge.reverts.execute(failed.id, "ben")
    assert (again.state, again.written, len(at_forge.remote.forge.pulls)) == ("open", failed.written, 1)


async def test_a_token_that_expires_while_it_is_open_is_shown_once_until_it_is_mended(at_forge: Scene) -> None:
    revert = await at_forge.opened()
    at_forge.remote.forge.expired = True
    for _ in range(3):
        with pytest.raises(ForgeRefused, match="401"):
            await at_forge.reverts.refresh(revert)
    stored = await at_forge.store.planned_reverts.get(revert)
    assert (stored.state, stored.problem.startswith("the forge cannot be asked: ")) == ("open", True)
    actions = [each.action for each in (await at_forge.store.queries.audits(at_forge.incident)).records]
    assert actions.count("revert not asked") == 1
    at_forge.remote.forge.expired = False
    assert await seen(at_forge, revert) == ("open", "")


async def test_a_branch_renamed_before_it_is_pushed_is_planned_anew_on_its_new_name(at_forge: Scene) -> None:
    revert = await at_forge.approved()
    renamed(at_forge)
    stale = await at_forge.reverts.execute(revert, "ben")
    assert (stale.state, stale.successor) == ("stale", None)
    assert stale.problem == "reverts go to trunk now, not to main: plan it again"
    anew = await at_forge.reverts.plan(at_forge.incident, "ana")
    assert (anew.target, anew.state) == ("trunk", "planned")
    await at_forge.reverts.approve(anew.id, "ben")
    assert (await at_forge.reverts.execute(anew.id, "ben")).state == "open"
    assert at_forge.remote.forge.pulls[-1].base == "trunk"


async def test_a_branch_that_was_renamed_and_moved_is_planned_anew_by_itself(at_forge: Scene) -> None:
    revert = await at_forge.approved()
    at_forge.remote.advance({"notes.txt": "more\n"})
    renamed(at_forge)
    stale = await at_forge.reverts.execute(revert, "ben")
    anew = await at_forge.store.planned_reverts.get(stale.successor or "")
    assert (stale.state, anew.target, anew.state) == ("stale", "trunk", "planned")


async def test_a_branch_renamed_while_it_is_open_is_not_merged_into_by_itself(at_forge: Scene) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert = await scene.opened()
    renamed(scene)
    scene.remote.forge.checks = "passed"
    state, problem = await seen(scene, revert)
    assert (state, "would merge into 'trunk'" in problem) == ("open", True)
    scene.remote.forge.merge(scene.remote.forge.pulls[0], scene.remote.forge.pulls[0].sha)  # a person does
    assert await seen(scene, revert) == ("merged", "")


async def test_a_configured_branch_that_is_gone_is_said(at_forge: Scene) -> None:
    scene = changed(at_forge, target="main")
    revert = await scene.approved()
    renamed(scene)
    failed = await scene.reverts.execute(revert, "ben")
    assert (failed.state, "the remote has no branch 'main'" in failed.problem) == ("failed", True)
    assert scene.remote.forge.pulls == []


@pytest.mark.parametrize("rule", RULES)
async def test_what_a_rule_forbids_is_said_and_merged_once_it_is_allowed(at_forge: Scene, rule: str) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert, forge = await scene.opened(), scene.remote.forge
    forge.checks, forge.rule = "passed", RULES[rule]
    state, problem = await seen(scene, revert)
    assert (state, RULES[rule] in problem) == ("open", True)
    forge.rule = ""
    assert await seen(scene, revert) == ("merged", "")


async def test_what_a_queue_merges_is_seen(at_forge: Scene) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert, forge = await scene.opened(), scene.remote.forge
    forge.checks, forge.rule = "passed", RULES["queue"]
    await scene.reverts.refresh(revert)
    forge.rule = ""
    forge.merge(forge.pulls[0], forge.pulls[0].sha, "squash")  # the queue does, when its turn comes
    assert await seen(scene, revert) == ("merged", "")


async def test_where_only_squashing_is_allowed_the_setting_is_named(at_forge: Scene) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert, forge = await scene.opened(), scene.remote.forge
    forge.checks, forge.squash_only = "passed", True
    state, problem = await seen(scene, revert)
    assert (state, problem.endswith("(merge_method: merge)")) == ("open", True)
    assert await seen(changed(scene, merge_method="squash"), revert) == ("merged", "")
    main = scene.remote.raw[scene.remote.branches()["main"]]
    assert len(main.parent_ids) == 1  # type: ignore[attr-defined]
