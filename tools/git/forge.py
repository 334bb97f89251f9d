"""The web pages of a repository: GitHub, GitLab, Gitea (Forgejo, Codeberg) or Bitbucket, told from its remote's address."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

_SCP: Final = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!/)(.+)")
_PATH: Final = re.compile(r"[\w.-]+(?:/[\w.-]+){1,10}")
_HOST: Final = re.compile(r"[a-z0-9.-]{1,255}")


@dataclass(frozen=True, slots=True)
class _Pages:
    """Where things are below the repository's page."""

    commit: str
    pull_request: str
    issue: str


_KINDS: Final = {
    "github": _Pages("/commit/", "/pull/", "/issues/"),
    "gitlab": _Pages("/-/commit/", "/-/merge_requests/", "/-/issues/"),
    "gitea": _Pages("/commit/", "/pulls/", "/issues/"),
    "forgejo": _Pages("/commit/", "/pulls/", "/issues/"),
    "codeberg": _Pages("/commit/", "/pulls/", "/issues/"),
    "bitbucket": _Pages("/commits/", "/pull-requests/", "/issues/"),
}


@dataclass(frozen=True, slots=True)
class Forge:
    """A repository's pages. `base` is its own page, https without user or password."""

    kind: str
    base: str

    def commit(self, sha: str) -> str:
        """Return the page of a commit."""
        return self.base + _KINDS[self.kind].commit + sha

    def pull_request(self, number: str) -> str:
        """Return the page of a pull or merge request."""
        return self.base + _KINDS[self.kind].pull_request + number

    def issue(self, number: str) -> str:
        """Return the page of an issue."""
        return self.base + _KINDS[self.kind].issue + number


def forge_of(remote: str | None) -> Forge | None:
    """Return the pages of the repository at this remote; None for a host that does not say what it is.

    A host's name decides (`github.com`, `gitlab.example.org`), so nothing is asked over the network. The port of ssh is
    not that of the web pages and is left out.
    """
    host, path = _host_and_path(remote or "")
    kind = next((kind for kind in _KINDS if kind in host.split(".") or host.startswith(f"{kind}-")), None)
    path = path.strip("/").removesuffix(".git")
    if kind is None or not _HOST.fullmatch(host) or not _PATH.fullmatch(path) or ".." in path.split("/"):
        return None
    return Forge(kind, f"https://{host}/{quote(path)}")


def _host_and_path(remote: str) -> tuple[str, str]:
    """Of an address, or of git's short form for ssh."""
    if "://" not in remote:
        found = _SCP.fullmatch(remote)
        return (found[1].lower(), found[2]) if found else ("", "")
    try:
        parts = urlsplit(remote)
        web = parts.scheme in ("https", "http", "ssh", "git")
        return ((parts.hostname or "").lower(), parts.path) if web else ("", "")
    except ValueError:
        return "", ""
