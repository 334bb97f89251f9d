"""What a forge on loopback holds, over a real bare repository: pull requests, accounts, faults; and who answers a path."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import pygit2

Kind = Literal["github", "gitlab", "gitea"]
TOKEN = "forge-token-" + "0123456789abcdef"
PROJECT = "acme/shop"
ROOTS: dict[Kind, str] = {"github": "", "gitlab": "/api/v4", "gitea": "/api/v1"}
Json = dict[str, Any] | list[Any] | None


@dataclass
class Pull:
    """A pull or merge request. `source` is the project of its branch: another one for a fork."""

    number: int
    head: str
    base: str
    title: str
    body: str
    sha: str
    draft: bool = False
    state: Literal["open", "merged", "closed"] = "open"
    reviewers: list[str] = field(default_factory=list)
    source: str = PROJECT


@dataclass
class Answer(Exception):
    """What is sent back."""

    status: int
    body: Json = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """The next request with this method whose path ends so fails `times` times."""

    method: str
    ending: str
    how: Literal["before", "after", "hang up", "limited", "limited later", "refused"]
    times: int = 1


@dataclass
class ForgeServer:
    """One forge with one project. `people` are accounts that may review, by e-mail.

    `rule`: why nothing may be merged by a request (reviews, queue, protected branch), in the words of the forge.
    """

    kind: Kind
    repository: Path
    port: int = 0
    pulls: list[Pull] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    checks: Literal["none", "pending", "passed", "failed"] = "none"
    drafts: bool = True
    mergeable: bool = True
    rule: str = ""
    squash_only: bool = False
    expired: bool = False
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def api_url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}{ROOTS[self.kind]}"

    def tip(self, branch: str) -> str | None:
        """The newest commit of a branch."""
        raw = pygit2.Repository(str(self.repository))
        ref = f"refs/heads/{branch}"
        return str(raw.references[ref].target) if ref in raw.references else None

    def open_pulls(self) -> list[Pull]:
        """Those that are neither merged nor closed."""
        return [each for each in self.pulls if each.state == "open"]

    def find(self, number: str) -> Pull:
        """Of a number in a path."""
        found = [each for each in self.pulls if str(each.number) == number]
        if not found:
            raise self.not_found()
        if found[0].state == "open" and found[0].source == PROJECT:
            found[0].sha = self.tip(found[0].head) or found[0].sha
        return found[0]

    def not_found(self) -> Answer:
        """As this forge says it."""
        told: dict[Kind, Json] = {
            "github": {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"},
            "gitlab": {"message": "404 Not found"},
            "gitea": {"errors": None, "message": "The target couldn't be found.", "url": "http://forge/api/swagger"},
        }
        return Answer(404, told[self.kind])

    def create(self, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
        """A new pull request, if the branches are there and have none."""
        sha = self.tip(head)
        if sha is None or self.tip(base) is None:
            raise self._invalid_branch()
        same = [each for each in self.open_pulls() if (each.source, each.head, each.base) == (PROJECT, head, base)]
        if same:
            raise self._exists(same[0])
        pull = Pull(len(self.pulls) + 1, head, base, title, body, sha, draft)
        self.pulls.append(pull)
        return pull

    def _invalid_branch(self) -> Answer:
        errors = [{"resource": "PullRequest", "field": "head", "code": "invalid"}]
        told: dict[Kind, Answer] = {
            "github": Answer(422, {"message": "Validation Failed", "errors": errors}),
            "gitlab": Answer(422, {"message": {"source_branch": ["does not exist"]}}),
            "gitea": Answer(404, {"message": "GetRefCommit: object does not exist", "url": "http://forge"}),
        }
        return told[self.kind]

    def _exists(self, pull: Pull) -> Answer:
        message = f"A pull request already exists for acme:{pull.head}."
        errors = [{"resource": "PullRequest", "code": "custom", "message": message}]
        same = f"Another open merge request already exists for this source branch: !{pull.number}"
        targets = f"pull request already exists for these targets [id: {pull.number}, issue_id: {pull.number}]"
        told: dict[Kind, Answer] = {
            "github": Answer(422, {"message": "Validation Failed", "errors": errors}),
            "gitlab": Answer(409, {"message": [same]}),
            "gitea": Answer(409, {"message": targets, "url": "http://forge"}),
        }
        return told[self.kind]

    def merge(self, pull: Pull, sha: str, method: str = "merge") -> None:
        """Merge it into its target, in the repository."""
        if self.rule:
            raise Answer(405, {"message": self.rule})
        if self.squash_only and method != "squash":
            said = "not allowed on this repository" if self.kind == "github" else "not an allowed merge style"
            raise Answer(405, {"message": f"{method}: {said}"})
        if pull.draft or not self.mergeable or pull.state != "open":
            raise Answer(405, {"message": "Pull Request is not mergeable"})
        if sha != pull.sha:
            raise Answer(409, {"message": "Head branch was modified. Review and try the merge again."})
        raw = pygit2.Repository(str(self.repository))
        ours, theirs = pygit2.Oid(hex=self.tip(pull.base) or ""), pygit2.Oid(hex=pull.sha)
        tree = raw.merge_commits(ours, theirs).write_tree(raw)
        who = pygit2.Signature("forge", "forge@example.org")
        parents = [ours] if method == "squash" else [ours, theirs]
        raw.create_commit(f"refs/heads/{pull.base}", who, who, f"Merge #{pull.number}", tree, parents)
        pull.state = "merged"

    def account_of(self, sha: str) -> str | None:
        """The account of a commit's author."""
        raw = pygit2.Repository(str(self.repository))
        if sha not in raw:
            raise self.not_found()
        return self.people.get(raw[sha].peel(pygit2.Commit).author.email)

    def ask(self, pull: Pull, accounts: list[str]) -> None:
        """Add reviewers; one that may not review refuses all."""
        if unknown := [each for each in accounts if each not in self.people.values()]:
            message = (
                "Reviews may only be requested from collaborators. One or more of the users is not a collaborator."
            )
            raise Answer(422, {"message": message, "errors": [unknown[0]]})
        pull.reviewers += [each for each in accounts if each not in pull.reviewers]


Route = Callable[[ForgeServer, re.Match[str], dict[str, Any], dict[str, list[str]]], Answer]
ROUTES: dict[Kind, list[tuple[str, str, Route]]] = {"github": [], "gitlab": [], "gitea": []}


def route(kind: Kind, method: str, pattern: str) -> Callable[[Route], Route]:
    """Register what answers requests with this method whose path matches."""

    def added(function: Route) -> Route:
        ROUTES[kind].append((method, pattern, function))
        return function

    return added


def page(server: ForgeServer) -> str:
    """The address of its pages."""
    return f"http://127.0.0.1:{server.port}"
