"""GitLab's API, as far as reverts use it."""

import re
from typing import Any
from urllib.parse import quote

from tests.service.reverts.forge_state import PROJECT, Answer, ForgeServer, Pull, page, route

_LAB = rf"/api/v4/projects/{quote(PROJECT, safe='')}/merge_requests"


def _lab_merge(server: ForgeServer, pull: Pull) -> dict[str, Any]:
    status = {"pending": "running", "passed": "success", "failed": "failed"}.get(server.checks)
    return {
        "iid": pull.number,
        "web_url": f"{page(server)}/{PROJECT}/-/merge_requests/{pull.number}",
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


@route("gitlab", "GET", _LAB)
def _lab_list(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    pulls = [server.find(str(each.number)) for each in reversed(server.pulls) if [each.head] == query["source_branch"]]
    return Answer(200, [_lab_merge(server, each) for each in pulls])


@route("gitlab", "POST", _LAB)
def _lab_create(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    title = body["title"]
    draft = title.startswith("Draft: ")
    made = server.create(body["source_branch"], body["target_branch"], title, body["description"], draft)
    return Answer(201, _lab_merge(server, made))


@route("gitlab", "GET", rf"{_LAB}/(\d+)")
def _lab_read(server: ForgeServer, found: re.Match[str], body: object, query: object) -> Answer:
    return Answer(200, _lab_merge(server, server.find(found[1])))


@route("gitlab", "PUT", rf"{_LAB}/(\d+)")
def _lab_change(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    if body.get("state_event") == "close":
        pull.state = "closed"
    if "reviewer_ids" in body:
        pull.reviewers = [list(server.people.values())[each - 100] for each in body["reviewer_ids"]]
    return Answer(200, _lab_merge(server, pull))


@route("gitlab", "PUT", rf"{_LAB}/(\d+)/merge")
def _lab_accept(server: ForgeServer, found: re.Match[str], body: dict[str, Any], query: object) -> Answer:
    pull = server.find(found[1])
    server.merge(pull, body["sha"], "squash" if body["squash"] else "merge")
    return Answer(200, _lab_merge(server, pull))


@route("gitlab", "GET", "/api/v4/users")
def _lab_users(server: ForgeServer, found: re.Match[str], body: object, query: dict[str, list[str]]) -> Answer:
    people = list(server.people.values())
    named = [each for each in people if [each] == query["username"]]
    return Answer(200, [{"id": 100 + people.index(each), "username": each} for each in named])
