"""Gitea's API, as far as reverts use it."""

import re
from typing import Any

from tests.service.reverts.forge_state import PROJECT, Answer, ForgeServer, Pull, page, route

_TEA = rf"/api/v1/repos/{PROJECT}"


def _tea_pull(pull: Pull, server: ForgeServer) -> dict[str, Any]:
    return {
        "number": pull.number,
        "html_url": f"{page(server)}/{PROJECT}/pulls/{pull.number}",
        "state": "open" if pull.state == "open" else "closed",
        "merged": pull.state == "merged",
        "head": {"ref": pull.head, "sha": pull.sha, "repo": {"full_name": pull.source}},
        "base": {"ref": pull.base, "sha": "0" * 40, "repo": {"full_name": PROJECT}},
    }


@route("gitea", "GET", rf"{_TEA}/pulls")
def _tea_list(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    start = (int(query["page"][0]) - 1) * int(query["limit"][0])
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls)][start : start + int(query["limit"][0])]
    return Answer(200, [_tea_pull(each, server) for each in pulls])


@route("gitea", "POST", rf"{_TEA}/pulls")
def _tea_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    draft = body["title"].startswith("WIP: ")
    return Answer(201, _tea_pull(server.create(body["head"], body["base"], body["title"], body["body"], draft), server))


@route("gitea", "GET", rf"{_TEA}/pulls/(\d+)")
def _tea_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _tea_pull(server.find(found[1]), server))


@route("gitea", "PATCH", rf"{_TEA}/pulls/(\d+)")
def _tea_close(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    pull.state = body["state"]
    return Answer(201, _tea_pull(pull, server))


@route("gitea", "POST", rf"{_TEA}/pulls/(\d+)/merge")
def _tea_merge(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    assert body["Do"] in ("merge", "squash", "rebase")
    server.merge(server.find(found[1]), body["head_commit_id"], body["Do"])
    return Answer(200)


@route("gitea", "POST", rf"{_TEA}/pulls/(\d+)/requested_reviewers")
def _tea_ask(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    server.ask(server.find(found[1]), body["reviewers"])
    return Answer(201, [])


@route("gitea", "GET", rf"{_TEA}/git/commits/([0-9a-f]{{40}})")
def _tea_commit(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    login = server.account_of(found[1])
    return Answer(200, {"sha": found[1], "author": {"login": login} if login else None})


@route("gitea", "GET", rf"{_TEA}/commits/([0-9a-f]{{40}})/status")
def _tea_status(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    state = {"none": "", "pending": "pending", "passed": "success", "failed": "failure"}[server.checks]
    return Answer(
        200, {"state": state, "total_count": 1 if state else 0, "statuses": [{"status": state}] if state else None}
    )
