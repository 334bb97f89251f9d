"""A forge on loopback: the part of GitHub's, GitLab's and Gitea's API that reverts use, over a real bare repository.

It answers with these forges' own error bodies and rate limits, merges for real, and can be told to fail: before it acts,
after it acted, or by hanging up.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

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
    """One forge with one project. `people` are accounts that may review, by e-mail."""

    kind: Kind
    repository: Path
    port: int = 0
    pulls: list[Pull] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    checks: Literal["none", "pending", "passed", "failed"] = "none"
    drafts: bool = True
    mergeable: bool = True
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

    def merge(self, pull: Pull, sha: str) -> None:
        """Merge it into its target, in the repository."""
        if pull.draft or not self.mergeable or pull.state != "open":
            raise Answer(405, {"message": "Pull Request is not mergeable"})
        if sha != pull.sha:
            raise Answer(409, {"message": "Head branch was modified. Review and try the merge again."})
        raw = pygit2.Repository(str(self.repository))
        ours, theirs = pygit2.Oid(hex=self.tip(pull.base) or ""), pygit2.Oid(hex=pull.sha)
        tree = raw.merge_commits(ours, theirs).write_tree(raw)
        who = pygit2.Signature("forge", "forge@example.org")
        raw.create_commit(f"refs/heads/{pull.base}", who, who, f"Merge #{pull.number}", tree, [ours, theirs])
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
_ROUTES: dict[Kind, list[tuple[str, str, Route]]] = {"github": [], "gitlab": [], "gitea": []}


def _route(kind: Kind, method: str, pattern: str) -> Callable[[Route], Route]:
    def added(route: Route) -> Route:
        _ROUTES[kind].append((method, pattern, route))
        return route

    return added


_HUB = rf"/repos/{PROJECT}"
_LAB = rf"/api/v4/projects/{quote(PROJECT, safe='')}/merge_requests"
_TEA = rf"/api/v1/repos/{PROJECT}"


def _hub_pull(pull: Pull, url: str) -> dict[str, Any]:
    return {
        "number": pull.number,
        "html_url": f"{url}/{PROJECT}/pull/{pull.number}",
        "state": "open" if pull.state == "open" else "closed",
        "merged_at": "2026-11-30T01:00:00Z" if pull.state == "merged" else None,
        "draft": pull.draft,
        "head": {"ref": pull.head, "sha": pull.sha, "repo": {"full_name": pull.source}},
        "base": {"ref": pull.base, "sha": "0" * 40, "repo": {"full_name": PROJECT}},
    }


def _page(server: ForgeServer) -> str:
    return f"http://127.0.0.1:{server.port}"


@_route("github", "GET", rf"{_HUB}/pulls")
def _hub_list(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: dict[str, list[str]]) -> Answer:
    owner, _, head = query["head"][0].partition(":")
    assert (owner, query["state"]) == ("acme", ["all"])
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls) if each.head == head]
    pulls = [each for each in pulls if each.source.startswith("acme/")]
    return Answer(200, [_hub_pull(each, _page(server)) for each in pulls])


@_route("github", "POST", rf"{_HUB}/pulls")
def _hub_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    if body.get("draft") and not server.drafts:
        errors = [{"resource": "PullRequest", "code": "custom"}]
        raise Answer(422, {"message": "Draft pull requests are not supported in this repository.", "errors": errors})
    made = server.create(body["head"], body["base"], body["title"], body["body"], bool(body.get("draft")))
    return Answer(201, _hub_pull(made, _page(server)))


@_route("github", "GET", rf"{_HUB}/pulls/(\d+)")
def _hub_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _hub_pull(server.find(found[1]), _page(server)))


@_route("github", "PATCH", rf"{_HUB}/pulls/(\d+)")
def _hub_close(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    pull.state = body["state"]
    return Answer(200, _hub_pull(pull, _page(server)))


@_route("github", "PUT", rf"{_HUB}/pulls/(\d+)/merge")
def _hub_merge(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.merge(server.find(found[1]), body["sha"])
    return Answer(200, {"merged": True, "message": "Pull Request successfully merged"})


@_route("github", "POST", rf"{_HUB}/pulls/(\d+)/requested_reviewers")
def _hub_ask(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.ask(server.find(found[1]), body["reviewers"])
    return Answer(201, _hub_pull(server.find(found[1]), _page(server)))


@_route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})")
def _hub_commit(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    login = server.account_of(found[1])
    return Answer(200, {"sha": found[1], "author": {"login": login, "type": "User"} if login else None})


@_route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})/status")
def _hub_status(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, {"state": "pending", "total_count": 0, "statuses": []})


def _run(conclusion: str | None) -> dict[str, str | None]:
    return {"status": "completed" if conclusion else "queued", "conclusion": conclusion}


_RUNS = {
    "none": [],
    "pending": [_run("success"), _run(None)],
    "passed": [_run("success"), _run("skipped")],
    "failed": [_run("success"), _run("timed_out")],
}


@_route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})/check-runs")
def _hub_runs(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    runs = _RUNS[server.checks]
    return Answer(200, {"total_count": len(runs), "check_runs": runs})


@_route("github", "POST", r"/app/installations/(\d+)/access_tokens")
def _hub_token(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    assert body == {"repositories": ["shop"]}
    return Answer(201, {"token": TOKEN, "expires_at": "2026-11-30T02:00:00Z"})


def _lab_merge(server: ForgeServer, pull: Pull) -> dict[str, Any]:
    status = {"pending": "running", "passed": "success", "failed": "failed"}.get(server.checks)
    return {
        "iid": pull.number,
        "web_url": f"{_page(server)}/{PROJECT}/-/merge_requests/{pull.number}",
        "state": "opened" if pull.state == "open" else pull.state,
        "sha": pull.sha,
        "target_branch": pull.base,
        "source_project_id": 1 if pull.source == PROJECT else 2,
        "target_project_id": 1,
        "draft": pull.draft,
        "reviewers": [
            {"id": 100 + list(server.people.values()).index(each), "username": each} for each in pull.reviewers
        ],
        "head_pipeline": {"sha": pull.sha, "status": status} if status else None,
    }


@_route("gitlab", "GET", _LAB)
def _lab_list(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls) if [each.head] == query["source_branch"]]
    return Answer(200, [_lab_merge(server, each) for each in pulls])


@_route("gitlab", "POST", _LAB)
def _lab_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    title = body["title"]
    draft = title.startswith("Draft: ")
    made = server.create(body["source_branch"], body["target_branch"], title, body["description"], draft)
    return Answer(201, _lab_merge(server, made))


@_route("gitlab", "GET", rf"{_LAB}/(\d+)")
def _lab_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _lab_merge(server, server.find(found[1])))


@_route("gitlab", "PUT", rf"{_LAB}/(\d+)")
def _lab_change(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    if body.get("state_event") == "close":
        pull.state = "closed"
    if "reviewer_ids" in body:
        pull.reviewers = [list(server.people.values())[each - 100] for each in body["reviewer_ids"]]
    return Answer(200, _lab_merge(server, pull))


@_route("gitlab", "PUT", rf"{_LAB}/(\d+)/merge")
def _lab_accept(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    server.merge(pull, body["sha"])
    return Answer(200, _lab_merge(server, pull))


@_route("gitlab", "GET", "/api/v4/users")
def _lab_users(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    people = list(server.people.values())
    named = [each for each in people if [each] == query["username"]]
    return Answer(200, [{"id": 100 + people.index(each), "username": each} for each in named])


def _tea_pull(pull: Pull, server: ForgeServer) -> dict[str, Any]:
    return {
        "number": pull.number,
        "html_url": f"{_page(server)}/{PROJECT}/pulls/{pull.number}",
        "state": "open" if pull.state == "open" else "closed",
        "merged": pull.state == "merged",
        "head": {"ref": pull.head, "sha": pull.sha, "repo": {"full_name": pull.source}},
        "base": {"ref": pull.base, "sha": "0" * 40, "repo": {"full_name": PROJECT}},
    }


@_route("gitea", "GET", rf"{_TEA}/pulls")
def _tea_list(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    start = (int(query["page"][0]) - 1) * int(query["limit"][0])
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls)][start : start + int(query["limit"][0])]
    return Answer(200, [_tea_pull(each, server) for each in pulls])


@_route("gitea", "POST", rf"{_TEA}/pulls")
def _tea_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    draft = body["title"].startswith("WIP: ")
    return Answer(201, _tea_pull(server.create(body["head"], body["base"], body["title"], body["body"], draft), server))


@_route("gitea", "GET", rf"{_TEA}/pulls/(\d+)")
def _tea_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _tea_pull(server.find(found[1]), server))


@_route("gitea", "PATCH", rf"{_TEA}/pulls/(\d+)")
def _tea_close(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    pull.state = body["state"]
    return Answer(201, _tea_pull(pull, server))


@_route("gitea", "POST", rf"{_TEA}/pulls/(\d+)/merge")
def _tea_merge(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    assert body["Do"] in ("merge", "squash", "rebase")
    server.merge(server.find(found[1]), body["head_commit_id"])
    return Answer(200)


@_route("gitea", "POST", rf"{_TEA}/pulls/(\d+)/requested_reviewers")
def _tea_ask(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.ask(server.find(found[1]), body["reviewers"])
    return Answer(201, [])


@_route("gitea", "GET", rf"{_TEA}/git/commits/([0-9a-f]{{40}})")
def _tea_commit(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    login = server.account_of(found[1])
    return Answer(200, {"sha": found[1], "author": {"login": login} if login else None})


@_route("gitea", "GET", rf"{_TEA}/commits/([0-9a-f]{{40}})/status")
def _tea_status(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    state = {"none": "", "pending": "pending", "passed": "success", "failed": "failure"}[server.checks]
    return Answer(
        200, {"state": state, "total_count": 1 if state else 0, "statuses": [{"status": state}] if state else None}
    )


@contextmanager
def forge_server(kind: Kind, repository: Path, **options: Any) -> Iterator[ForgeServer]:  # noqa: ANN401 (its fields)
    """Running until the block ends."""
    forge = ForgeServer(kind, repository, **options)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            _served(self, forge)

        do_GET = do_POST = do_PUT = do_PATCH = _any

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _served(request: BaseHTTPRequestHandler, forge: ForgeServer) -> None:
    sent = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    headers = {name.lower(): value for name, value in request.headers.items()}
    with forge.lock:
        forge.requests.append((request.command, request.path, headers))
        fault = _fault(forge, request.command, urlsplit(request.path).path)
        answer = _early(forge, fault) or _acted(forge, request, headers, sent)
    if fault == "hang up":
        request.close_connection = True
        return
    late = Answer(503, None, {"Content-Type": "text/html"}) if fault == "after" else answer
    body = b"<html>upstream timed out</html>" if fault == "after" else json.dumps(late.body).encode()
    request.send_response(late.status)
    for name, value in ({"Content-Type": "application/json"} | late.headers).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _fault(forge: ForgeServer, method: str, path: str) -> str:
    for fault in forge.faults:
        if fault.times and fault.method == method and path.endswith(fault.ending):
            fault.times -= 1
            return fault.how
    return ""


def _early(forge: ForgeServer, fault: str) -> Answer | None:
    """What is answered without acting."""
    match fault:
        case "before":
            return Answer(502, {"message": "Server Error"})
        case "refused":
            return Answer(403, {"message": "Resource not accessible by integration"})
        case "limited":
            said = "API rate limit exceeded for installation ID 1." if forge.kind == "github" else "Retry later"
            hourly = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1796000000"}
            return (
                Answer(403, {"message": said}, hourly)
                if forge.kind == "github"
                else Answer(429, None, {"Retry-After": "61"})
            )
        case "limited later":
            return Answer(429, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "61"})
    return None


def _acted(forge: ForgeServer, request: BaseHTTPRequestHandler, headers: dict[str, str], sent: bytes) -> Answer:
    parts = urlsplit(request.path)
    app = parts.path.startswith("/app/")
    word = "token" if forge.kind == "gitea" else "Bearer"
    if not app and headers.get("authorization") != f"{word} {TOKEN}":
        said = {"github": "Bad credentials", "gitlab": "401 Unauthorized", "gitea": "user does not exist [uid: 0]"}
        return Answer(401, {"message": said[forge.kind]})
    body = json.loads(sent) if sent else {}
    for method, pattern, route in _ROUTES[forge.kind]:
        found = re.fullmatch(pattern, parts.path)
        if method == request.command and found is not None:
            try:
                return route(forge, found, body, parse_qs(parts.query))
            except Answer as answer:
                return answer
    return forge.not_found()
