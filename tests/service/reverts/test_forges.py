"""Each forge: opened, looked at, merged when green, closed, as its API has it; and its errors in its own words."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from incidents.errors import ForgeRefused
from service.repositories.clones import Clones
from service.reverts.destination import destination
from service.reverts.reverts import Reverts
from service.settings import Settings
from tests.service.reverts.forge_state import PROJECT, TOKEN, Fault, Kind, Pull
from tests.service.reverts.scene import AUTHOR, ON_CALL, Remote, Scene, remote, scene, settings_for
from tests.shop import PRICES

ONE_DATABASE = True
KINDS: tuple[Kind, ...] = ("github", "gitlab", "gitea")
DRAFTS = {"github": 'Revert "', "gitlab": 'Draft: Revert "', "gitea": 'WIP: Revert "'}
PATHS = {"github": "/pulls", "gitlab": "/merge_requests", "gitea": "/pulls"}


@pytest.fixture(params=KINDS)
def any_forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    with remote(tmp_path, request.param) as running:
        yield running


@pytest_asyncio.fixture
async def at_forge(settings: Settings, any_forge: Remote, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(settings_for(settings, any_forge, tmp_path), any_forge) as opened:
        yield opened


def changed(at_forge: Scene, **options: object) -> Scene:
    """The same service with other settings of the repository."""
    reverts = at_forge.settings.reverts
    mine = reverts.repositories["shop"].model_copy(update=options)
    reverts = reverts.model_copy(update={"repositories": {"shop": mine}})
    at_forge.settings = at_forge.settings.model_copy(update={"reverts": reverts})
    at_forge.reverts = Reverts(at_forge.store, at_forge.settings)
    return at_forge


async def test_it_is_opened_with_reviewers_and_found_again(at_forge: Scene) -> None:
    scene = changed(at_forge, accounts={"ana@example.org": AUTHOR})
    revert = await scene.store.planned_reverts.get(await scene.opened())
    (pull,) = scene.remote.forge.pulls
    assert (pull.head, pull.base, pull.sha) == (revert.branch, "main", revert.written)
    assert pull.reviewers == [AUTHOR, ON_CALL]
    assert revert.number == 1
    assert (revert.url or "").startswith(f"http://127.0.0.1:{scene.remote.forge.port}/acme/shop/")


async def test_a_draft_is_marked_as_one(at_forge: Scene) -> None:
    await changed(at_forge, draft=True).opened()
    (pull,) = at_forge.remote.forge.pulls
    assert pull.draft
    assert pull.title.startswith(DRAFTS[at_forge.remote.forge.kind])


async def test_where_github_has_no_drafts_it_is_opened_all_the_same(at_github: Scene) -> None:
    at_github.remote.forge.drafts = False
    await changed(at_github, draft=True).opened()
    assert [pull.draft for pull in at_github.remote.forge.pulls] == [False]


@pytest.mark.parametrize("checks", ["none", "pending", "failed", "passed"])
async def test_checks_are_read_and_only_when_all_passed_it_is_merged(at_forge: Scene, checks: str) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert, forge = await scene.opened(), scene.remote.forge
    forge.checks = checks  # type: ignore[assignment]
    seen = await scene.reverts.refresh(revert)
    assert seen.state == ("merged" if checks == "passed" else "open")
    assert checks == "passed" or seen.checks == checks
    main = scene.remote.branches()["main"]
    assert (main != scene.shop.shas["readme"]) == (checks == "passed")
    assert (scene.remote.text(main, "shop/prices.py") == PRICES) == (checks == "passed")


@pytest.mark.parametrize(("base", "source"), [("release-1", PROJECT), ("main", "acme/fork"), ("main", "stranger/shop")])
async def test_a_request_of_the_same_commit_into_another_branch_or_from_a_fork_is_not_taken_for_it(
    at_forge: Scene, base: str, source: str
) -> None:
    scene = changed(at_forge, merge_when_green=True)
    forge, main = scene.remote.forge, scene.remote.branches()["main"]
    scene.remote.raw.references.create("refs/heads/release-1", main)
    forge.faults.append(Fault("POST", PATHS[forge.kind], "before"))
    failed = await scene.reverts.execute(await scene.approved(), "ben")
    assert (failed.state, failed.written is not None) == ("failed", True)
    theirs = Pull(1, failed.branch, base, "theirs", "", failed.written or "", source=source)
    forge.pulls.append(theirs)
    opened = await scene.reverts.execute(failed.id, "ben")
    assert (opened.state, opened.number) == ("open", 2)
    forge.checks = "passed"
    assert (await scene.reverts.refresh(failed.id)).state == "merged"
    assert (theirs.state, scene.remote.branches()["release-1"]) == ("open", main)


async def test_before_it_is_merged_its_target_is_looked_at_again(at_forge: Scene) -> None:
    revert = await at_forge.store.planned_reverts.get(await at_forge.opened())
    (pull,) = at_forge.remote.forge.pulls
    at_forge.remote.raw.references.create("refs/heads/release-1", at_forge.shop.shas["readme"])
    forge = (await destination(at_forge.settings, "shop")).forge(
        "pull_request", revert.branch, Clones(at_forge.settings)
    )
    pull.base = "release-1"
    with pytest.raises(ForgeRefused, match="'release-1'"):
        await forge.merge(pull.number, pull.sha, "merge", "main")
    pull.base, pull.source = "main", "stranger/shop"
    with pytest.raises(ForgeRefused, match="fork"):
        await forge.merge(pull.number, pull.sha, "merge", "main")
    assert pull.state == "open"
    pull.source = PROJECT
    await forge.merge(pull.number, pull.sha, "merge", "main")
    assert at_forge.remote.forge.pulls[-1].state == "merged"


async def test_nothing_is_merged_without_the_setting(at_forge: Scene) -> None:
    revert = await at_forge.opened()
    at_forge.remote.forge.checks = "passed"
    seen = await at_forge.reverts.refresh(revert)
    assert (seen.state, seen.checks) == ("open", "passed")


async def test_a_branch_that_somebody_pushed_to_is_not_merged(at_forge: Scene) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert = await scene.store.planned_reverts.get(await scene.opened())
    scene.remote.raw.references[f"refs/heads/{revert.branch}"].set_target(scene.shop.shas["comment"])
    scene.remote.forge.checks = "passed"
    seen = await scene.reverts.refresh(revert.id)
    assert seen.state == "open"
    assert "somebody has pushed" in seen.problem or seen.checks == "pending"
    assert scene.remote.branches()["main"] == scene.shop.shas["readme"]


async def test_a_forge_that_refuses_to_merge_is_a_problem_that_is_told(at_forge: Scene) -> None:
    scene = changed(at_forge, merge_when_green=True)
    revert = await scene.opened()
    scene.remote.forge.checks, scene.remote.forge.mergeable = "passed", False
    seen = await scene.reverts.refresh(revert)
    assert (seen.state, seen.problem.startswith("not merged: ")) == ("open", True)
    assert "not mergeable" in seen.problem


async def test_one_that_may_not_review_does_not_keep_others_from_it(at_forge: Scene) -> None:
    scene = changed(at_forge, on_call=("nobody-there", ON_CALL), ask_author=False)
    revert = await scene.store.planned_reverts.get(await scene.opened())
    assert scene.remote.forge.pulls[0].reviewers == [ON_CALL]
    if scene.remote.forge.kind != "gitlab":  # GitLab leaves unknown accounts out by itself
        assert revert.reviewers == (ON_CALL,)
        assert "nobody-there could not be asked" in revert.notes[0]


@pytest.mark.parametrize("how", ["after", "hang up"])
async def test_a_forge_that_fails_after_it_acted_has_one_pull_request(at_forge: Scene, how: str) -> None:
    forge = at_forge.remote.forge
    forge.faults.append(Fault("POST", PATHS[forge.kind], how))  # type: ignore[arg-type]
    executed = await at_forge.reverts.execute(await at_forge.approved(), "ben")
    assert (executed.state, executed.number, len(forge.pulls)) == ("open", 1, 1)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("before", "has an error of its own (502)"),
        ("limited", "has reached its rate limit, free again"),
        ("limited later", "rate limit, free again in 61 s"),
        ("refused", "refuses (403): Resource not accessible"),
    ],
)
async def test_a_forge_that_does_nothing_is_said_and_a_second_call_completes_it(
    at_forge: Scene, how: str, said: str
) -> None:
    forge = at_forge.remote.forge
    forge.faults.append(Fault("POST", PATHS[forge.kind], how))  # type: ignore[arg-type]
    failed = await at_forge.reverts.execute(await at_forge.approved(), "ben")
    assert failed.state == "failed"
    assert said in failed.problem
    assert at_forge.remote.pushed() == {failed.branch: failed.written}
    again = await at_forge.reverts.execute(failed.id, "ben")
    assert (again.state, again.problem, again.written, len(forge.pulls)) == ("open", "", failed.written, 1)


async def test_a_wrong_token_is_said_without_the_token(at_forge: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    revert = await at_forge.approved()
    at_forge.remote.git.token = wrong = "wrong-" + TOKEN
    monkeypatch.setenv("REDTIDE_FORGE_TOKEN", wrong)
    failed = await at_forge.reverts.execute(revert, "ben")
    assert failed.state == "failed"
    assert "401" in failed.problem
    assert wrong not in failed.model_dump_json()


async def test_the_token_of_a_file_is_read_for_each_revert(at_github: Scene, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")
    assert await changed(at_github, token_file=secret, token_variable="REDTIDE_NOT_SET").opened()


async def test_a_github_app_gets_a_token_for_this_one_repository(at_github: Scene, tmp_path: Path) -> None:
    from service.settings.reverts import GithubApp

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (tmp_path / "key.pem").write_bytes(pem)
    app = GithubApp(app_id="12345", installation_id=7, key_file=tmp_path / "key.pem")
    assert await changed(at_github, github_app=app, token_variable="REDTIDE_NOT_SET").opened()
    proofs = [headers["authorization"] for _, path, headers in at_github.remote.forge.requests if "/app/" in path]
    import jwt

    claims = jwt.decode(proofs[0].removeprefix("Bearer "), key.public_key(), algorithms=["RS256"])
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("12345", 600)


async def test_a_moved_project_is_said(at_forge: Scene) -> None:
    failed = await changed(at_forge, project="acme/elsewhere").reverts.execute(await at_forge.approved(), "ben")
    assert failed.state == "failed"
    assert "refuses (404)" in failed.problem
