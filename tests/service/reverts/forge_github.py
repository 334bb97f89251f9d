"""GitHub's API, as far as reverts use it."""

import re
from typing import Any

from tests.service.reverts.forge_state import PROJECT, TOKEN, Answer, ForgeServer, Pull, page, route

_HUB = rf"/repos/{PROJECT}"


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


@route("github", "GET", rf"{_HUB}/pulls")
def _hub_list(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: dict[str, list[str]]) -> Answer:
    owner, _, head = query["head"][0].partition(":")
    assert (owner, query["state"]) == ("acme", ["all"])
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls) if each.head == head]
    pulls = [each for each in pulls if each.source.startswith("acme/")]
    return Answer(200, [_hub_pull(each, page(server)) for each in pulls])


@route("github", "POST", rf"{_HUB}/pulls")
def _hub_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    if body.get("draft") and not server.drafts:
        errors = [{"resource": "PullRequest", "code": "custom"}]
        raise Answer(422, {"message": "Draft pull requests are not supported in this repository.", "errors": errors})
    made = server.create(body["head"], body["base"], body["title"], body["body"], bool(body.get("draft")))
    return Answer(201, _hub_pull(made, page(server)))


@route("github", "GET", rf"{_HUB}/pulls/(\d+)")
def _hub_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _hub_pull(server.find(found[1]), page(server)))


@route("github", "PATCH", rf"{_HUB}/pulls/(\d+)")
def _hub_close(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    pull.state = body["state"]
    return Answer(200, _hub_pull(pull, page(server)))


@route("github", "PUT", rf"{_HUB}/pulls/(\d+)/merge")
def _hub_merge(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.merge(server.find(found[1]), body["sha"], body["merge_method"])
    return Answer(200, {"merged": True, "message": "Pull Request successfully merged"})


@route("github", "POST", rf"{_HUB}/pulls/(\d+)/requested_reviewers")
def _hub_ask(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.ask(server.find(found[1]), body["reviewers"])
    return Answer(201, _hub_pull(server.find(found[1]), page(server)))


@route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})")
def _hub_commit(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    login = server.account_of(found[1])
    return Answer(200, {"sha": found[1], "author": {"login": login, "type": "User"} if login else None})


@route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})/status")
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


@route("github", "GET", rf"{_HUB}/commits/([0-9a-f]{{40}})/check-runs")
def _hub_runs(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    runs = _RUNS[server.checks]
    return Answer(200, {"total_count": len(runs), "check_runs": runs})


@route("github", "POST", r"/app/installations/(\d+)/access_tokens")
def _hub_token(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    assert body == {"repositories": ["shop"]}
    return Answer(201, {"token": TOKEN, "expires_at": "2026-11-30T02:00:00Z"})
