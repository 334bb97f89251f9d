"""A shop at a forge, its clone at the service, and an incident whose verdict names the commit that broke it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pygit2

from incidents.evidence import Commit, RuledOut, Suspect
from incidents.report import Report
from incidents.verdict import Confidence, Verdict
from service.reverts.reverts import Reverts
from service.settings import Settings
from service.store.store import Store
from tests.git_server import GitServer, git_server
from tests.service.reverts.forge_server import forge_server
from tests.service.reverts.forge_state import PROJECT, TOKEN, ForgeServer, Kind
from tests.service.stand_ins import NOON, Found, alert, found
from tests.shop import Shop, build_shop

AUTHOR, ON_CALL = "ana-at-the-forge", "oncall-at-the-forge"


@dataclass
class Remote:
    """The shop's repository at the forge, with the git server and the API before it."""

    shop: Shop
    git: GitServer
    forge: ForgeServer

    @property
    def url(self) -> str:
        """What is fetched from and pushed to."""
        return self.git.url(f"{PROJECT}.git")

    @property
    def raw(self) -> pygit2.Repository:
        """The repository."""
        return pygit2.Repository(str(self.shop.path))

    def branches(self) -> dict[str, str]:
        """Its branches with their commits."""
        raw, prefix = self.raw, "refs/heads/"
        return {
            ref.removeprefix(prefix): str(raw.references[ref].target)
            for ref in raw.references
            if ref.startswith(prefix)
        }

    def pushed(self) -> dict[str, str]:
        """Its branches without main."""
        return {name: sha for name, sha in self.branches().items() if name != "main"}

    def text(self, sha: str, path: str) -> str:
        """A file of a commit."""
        return self.raw[self.raw[sha].peel(pygit2.Commit).tree[path].id].peel(pygit2.Blob).data.decode()

    def advance(self, files: dict[str, str], message: str = "something else") -> str:
        """One more commit on main that changes these files."""
        raw = self.raw
        tip = raw.references["refs/heads/main"].peel(pygit2.Commit)
        index = pygit2.Index()
        index.read_tree(tip.tree)
        for path, text in files.items():
            index.add(pygit2.IndexEntry(path, raw.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
        who = pygit2.Signature("Ben", "ben@example.org", 1_700_100_000, 0)
        return str(raw.create_commit("refs/heads/main", who, who, message, index.write_tree(raw), [tip.id]))


@contextmanager
def remote(folder: Path, kind: Kind, message: str = "prices: no special case for unknown items") -> Iterator[Remote]:
    """A forge of this kind on loopback."""
    path = folder / "remotes" / f"{PROJECT}.git"
    path.parent.mkdir(parents=True)
    shop = build_shop(path, message)
    people = {"ana@example.org": AUTHOR, "oncall@example.org": ON_CALL}
    with git_server(folder / "remotes", token=TOKEN) as git, forge_server(kind, path, people=people) as forge:
        yield Remote(shop, git, forge)


def settings_for(settings: Settings, remote: Remote, folder: Path, **reverts: Any) -> Settings:  # noqa: ANN401
    """The settings of a service whose clone of the shop was fetched from the remote, and whose reverts go to the forge."""
    shutil.copytree(remote.shop.path, folder / "clone.git")
    chosen = {"forge": remote.forge.kind, "api_url": remote.forge.api_url, "on_call": [ON_CALL], **reverts}
    fields = {
        **settings.model_dump(mode="json"),
        "repositories": {"shop": str(folder / "clone.git")},
        "remotes": {"shop": remote.url},
        "refresh_seconds": 3_600,
        "reverts": {"repositories": {"shop": chosen}},
    }
    return Settings.model_validate(fields)


def blaming(shop: Shop, incident: str, culprit: str | None = None) -> Found:
    """A finding that names a commit (default: the one that removed the guard), or none when it is empty."""
    named = shop.culprit if culprit is None else culprit
    nothing = found(incident)
    others = [sha for sha in shop.shas.values() if sha != named]
    sure = Confidence(probability=0.93, word="high", basis=("it wrote the failing line",))
    report = nothing.report.model_dump() | {
        "outcome": "culprit",
        "headline": "Likely cause found",
        "error": "TypeError",
    }
    verdict = Verdict(
        outcome="culprit" if named else "none",
        culprit=named or None,
        confidence=sure,
        suspects=(Suspect(commit=_commit(named), probability=0.93),) if named else (),
        ruled_out=tuple(RuledOut(commit=_commit(sha), reason="touches nothing") for sha in others[1:]),
    )
    return replace(nothing, verdict=verdict, report=Report.model_validate(report) if named else nothing.report)


def _commit(sha: str) -> Commit:
    return Commit(sha=sha, subject="a change", author="Ana", committed_at=NOON)


@dataclass
class Scene:
    """Everything together. `incident` is the id of the incident."""

    remote: Remote
    settings: Settings
    store: Store
    reverts: Reverts
    incident: str

    @property
    def shop(self) -> Shop:
        """The shop."""
        return self.remote.shop

    async def approved(self, **options: Any) -> str:  # noqa: ANN401 (those of plan)
        """The id of a revert that is planned and approved."""
        planned = await self.reverts.plan(self.incident, "ana", **options)
        return (await self.reverts.approve(planned.id, "ben")).id

    async def opened(self) -> str:
        """The id of an executed revert."""
        executed = await self.reverts.execute(await self.approved(), "ben")
        assert executed.state == "open", executed.problem
        return executed.id

    async def judged_again(self, culprit: str) -> None:
        """Investigated again: another verdict."""
        await self.store.reruns.rerun(self.incident, "ana")
        await finished(self.store, self.shop, culprit)


async def incident_of(store: Store, shop: Shop) -> str:
    """An incident with its verdict."""
    told = alert(base=shop.shas["import"], deployed=shop.shas["readme"], message="TypeError in price_of")
    await store.intake.accept(told, "{}")
    return await finished(store, shop)


async def finished(store: Store, shop: Shop, culprit: str | None = None) -> str:
    """The next incident gets its verdict; its id."""
    claim = await store.leases.claim("worker")
    assert claim is not None
    assert await store.outcomes.finish(claim, blaming(shop, claim.incident.id, culprit))
    return claim.incident.id


@asynccontextmanager
async def scene(settings: Settings, remote: Remote) -> AsyncIterator[Scene]:
    """Over the store of these settings."""
    store = Store(settings.store_address(), settings.life, settings.notify.channels)
    yield Scene(remote, settings, store, Reverts(store, settings), await incident_of(store, remote.shop))
    await store.close()
