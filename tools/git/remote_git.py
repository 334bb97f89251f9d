"""Run git commands that speak with one remote; the token reaches git through its environment only."""

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final
from urllib.parse import urlsplit

from tools.git.git_command import run_git
from tools.git.remote import FetchPolicy, route_to, token_may_go_to
from tools.text.redaction import redact

_POLICY: Final = FetchPolicy()
_REDIRECT: Final = re.compile(r"redirect|error: 30[1278]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RemoteGit:
    """The remote at `url`. `token` is sent to exactly this host, by https or to this machine only."""

    url: str
    token: str = field(default="", repr=False)
    policy: FetchPolicy = _POLICY
    user: str = "x-access-token"

    def run(self, *arguments: str, seconds: float | None = None) -> CompletedProcess[bytes]:
        """Run git with access to the remote, for at most `seconds` (default: those of the policy).

        Raises FetchFailed when it takes too long or the host is not allowed.
        """
        scheme, most = urlsplit(self.url).scheme, seconds or self.policy.seconds
        # In the root folder: git would read the configuration of a repository around the current one.
        return run_git(arguments, scheme=scheme, settings=self._settings(), seconds=most, folder=Path("/"))

    def _settings(self) -> list[tuple[str, str]]:
        """Return the settings with the token, for exactly this host, and the host's resolved address."""
        parts = urlsplit(self.url)
        route = route_to(self.url, self.policy)
        settings = [("http.curloptResolve", route.pinned)] if route is not None and route.pinned else []
        if (secret := self._secret()) and token_may_go_to(self.url):
            settings.append((f"http.{parts.scheme}://{parts.netloc}/.extraHeader", f"Authorization: Basic {secret}"))
        return settings

    def _secret(self) -> str:
        return base64.b64encode(f"{self.user}:{self.token}".encode()).decode() if self.token else ""

    def reason(self, said: bytes) -> str:
        """Return the last line of git's or the server's message, without the token, and the remedy."""
        text = self.without_token(said)
        lines = redact(text).strip().splitlines()
        reason = (lines[-1] if lines else "no reason given")[:300]
        if _REDIRECT.search(text):
            return f"{reason}; redirects are not followed: give the address that it leads to"
        if self.token and urlsplit(self.url).scheme == "http" and not token_may_go_to(self.url):
            return f"{reason}; the token is sent by https only"
        return reason

    def without_token(self, said: bytes) -> str:
        """Return what git or the server says, as text."""
        text = said.decode(errors="replace")
        for secret in filter(None, (self._secret(), self.token)):
            text = text.replace(secret, "[token]")
        return text
