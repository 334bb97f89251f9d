"""Where the reverts of one repository go: the remote that is pushed to, and the forge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from incidents.errors import FetchFailed, InputError
from incidents.revert_record import Route
from service.repositories.clones import Clones
from service.reverts.apart import apart
from service.reverts.forges.forge import Forge
from service.reverts.forges.gitea import Gitea
from service.reverts.forges.github import HEADERS, Github
from service.reverts.forges.github_app import installation_token
from service.reverts.forges.gitlab import Gitlab
from service.reverts.forges.http import ForgeHttp
from service.reverts.forges.plain_push import PlainPush
from service.reverts.forges.pull_requests import PullRequestApi, PullRequests
from service.settings import Settings
from service.settings.reverts import ForgeKind, RepositoryReverts, project_in
from tools.git.push import RemoteBranch, RemoteBranches
from tools.git.remote_git import RemoteGit
from tools.git.repository import Repository

_API: Final[dict[ForgeKind, str]] = {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}
_APIS: Final[dict[ForgeKind, Callable[[ForgeHttp, str], PullRequestApi]]] = {
    "github": Github,
    "gitlab": Gitlab,
    "gitea": Gitea,
}


@dataclass(frozen=True, slots=True)
class Destination:
    """The remote of one repository with its token."""

    name: str
    reverts: RepositoryReverts
    url: str
    token: SecretStr | None
    branches: RemoteBranches
    forge_seconds: float

    async def head(self) -> RemoteBranch:
        """Return the branch that reverts are merged into, as it is now. Raises PushFailed."""
        target = self.reverts.target
        if target is None:
            return await apart(self.branches.default)
        sha = await apart(self.branches.find, target)
        if sha is None:
            raise InputError(f"reverts.{self.name}.target: the remote has no branch {target!r}")
        return RemoteBranch(target, sha)

    def forge(self, route: Route, branch: str, clones: Clones) -> Forge:
        """Return the forge, for a revert that is pushed as `branch`."""
        kind = self.reverts.forge
        if route == "push" or kind == "push":
            return PlainPush(lambda: apart(self.branches.find, branch), lambda sha: self._merged(sha, clones))
        http = ForgeHttp(
            kind,
            api_url(self.reverts, self.url),
            self.token,
            self.forge_seconds,
            scheme="token" if kind == "gitea" else "Bearer",
            headers=HEADERS if kind == "github" else {},
        )
        project = project_of(self.reverts, self.url)
        return PullRequests(_APIS[kind](http, project))

    async def _merged(self, sha: str, clones: Clones) -> bool:
        """Whether the target has the commit; while its newest commits cannot be fetched, nobody knows: not yet."""
        tip = (await self.head()).sha
        try:
            repository = await fetched(clones, self.name, tip)
        except FetchFailed:
            return False
        return await apart(_contains, repository, tip, sha)


async def destination(settings: Settings, name: str) -> Destination:
    """Return where reverts of the repository go. Raises InputError when the settings do not say it, ForgeError."""
    reverts = settings.reverts.repositories.get(name)
    if reverts is None:
        raise InputError(f"reverts.repositories: has no {name!r}, so its reverts are only planned (docs/forges.md)")
    url = reverts.url or settings.remotes[name]
    token, app, seconds = reverts.token(), reverts.github_app, settings.reverts.forge_seconds
    if app is not None:
        token = await installation_token(app, api_url(reverts, url), project_of(reverts, url), seconds)
    policy = settings.fetch.model_copy(update={"seconds": settings.reverts.push_seconds})
    remote = RemoteGit(url, token.get_secret_value() if token else "", policy)
    branches = RemoteBranches(remote, min(seconds, policy.seconds))
    return Destination(name, reverts, url, token, branches, seconds)


async def fetched(clones: Clones, name: str, sha: str) -> Repository:
    """Open the clone, fetched if it lacks the commit `sha`. Raises RepositoryNotFound, FetchFailed."""
    repository = await clones.holding(name, sha)
    if not await apart(repository.has, sha):
        raise FetchFailed(f"the clone of {name} lacks the remote's newest commit {sha[:12]}: fetch it there")
    return repository


def api_url(reverts: RepositoryReverts, url: str) -> str:
    """Return the address of the forge's API, without a slash at the end."""
    if reverts.api_url is not None:
        return reverts.api_url
    host = urlsplit(url).hostname or ""
    return "https://api.github.com" if host == "github.com" else f"https://{host}{_API[reverts.forge]}"


def project_of(reverts: RepositoryReverts, url: str) -> str:
    """Return owner/name at the forge."""
    return reverts.project or project_in(url)


def _contains(repository: Repository, tip: str, sha: str) -> bool:
    return repository.has(sha) and repository.is_ancestor(sha, tip)
