"""What a commit message refers to, as projects write it: reviews, pull requests, tickets.

Read in the histories of 83 public projects: `(#12)` at the end of the subject and `Merge pull request #12 from` (GitHub),
`See merge request group/project!12` and `Part-of: <address>` (GitLab), `Merged in branch (pull request #12)` (Bitbucket),
`Reviewed-by:`, `Differential Revision:` (Phabricator), `Change-Id:` (Gerrit), `Fixes #12`, `Closes gh-12`,
`Bug: T12`, `JENKINS-12`, and written-out addresses of these.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from incidents.reference import Kind, Reference
from tools.git.forge import Forge

_MOST: Final = 8
_READ: Final = 20_000  # characters of a message
_TEXT: Final = 100
_CHANGE_ID: Final = 12  # characters of a Change-Id: it has 41
_NUMBER: Final = r"(\d{1,9})\b"
_TICKET: Final = r"(?!(?:UTF|SHA|ISO|RFC|CVE|PEP|MD|AES|GO|X)-)[A-Z][A-Z0-9]{1,9}-\d{1,7}"
_SQUASHED: Final = re.compile(rf"\(#{_NUMBER}\)\s*$")
_MERGED: Final = re.compile(rf"^Merge pull request #{_NUMBER}|\(pull request #{_NUMBER}\)\s*$")
_MERGE_REQUEST: Final = re.compile(rf"^See merge request (?:([\w./-]{{1,200}}))?!{_NUMBER}", re.MULTILINE)
_LINE: Final = re.compile(r"^([A-Za-z][A-Za-z-]{1,30}(?: Revision)?): ?(\S.{0,500})$", re.MULTILINE)
_CLOSES: Final = re.compile(
    rf"\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|related):? (?:(?:#|gh-){_NUMBER}|({_TICKET})\b|(https?://[^\s<>]{{1,300}}))",
    re.IGNORECASE,
)
_AT_THE_START: Final = re.compile(rf"^(?:\[({_TICKET})\]|({_TICKET})(?=:| -))")
_ADDRESS: Final = re.compile(r"<?(https?://[A-Za-z0-9.\-_~:/?#@!$&+,;=%]{1,300}?)>?[.,;]?")
_TRAILERS: Final[dict[str, Kind]] = {
    "reviewed-by": "reviewer",
    "differential revision": "revision",
    "change-id": "revision",
    "part-of": "pull request",
    **dict.fromkeys(("bug", "issue", "ticket", "jira", "ref", "refs", "related", "closes", "fixes"), "ticket"),
}


def references(message: str, forge: Forge | None) -> tuple[Reference, ...]:
    """Return at most eight references of a commit message, each once: pull requests, revisions, reviewers, tickets."""
    order: tuple[Kind, ...] = ("pull request", "revision", "reviewer", "ticket")
    ordered = sorted(_all(message[:_READ], forge), key=lambda each: order.index(each.kind))
    found: dict[tuple[bool, str], Reference] = {}
    for each in ordered:  # a pull request that is called a ticket too is told once
        found.setdefault((each.kind == "reviewer", each.text), each)
    return tuple(found.values())[:_MOST]


def _all(message: str, forge: Forge | None) -> Iterator[Reference]:
    subject, _, body = message.strip().partition("\n")
    if number := _SQUASHED.search(subject):
        yield _pull_request(number[1], forge)
    if merged := _MERGED.search(subject):
        yield _pull_request(merged[1] or merged[2], forge)
    for project, number_ in _MERGE_REQUEST.findall(body):
        own = forge is not None and (not project or forge.base.endswith(f"/{project}"))
        yield Reference(
            kind="pull request", text=f"!{number_}", url=forge.pull_request(number_) if own and forge else None
        )
    if ticket := _AT_THE_START.search(subject):
        yield Reference(kind="ticket", text=ticket[1] or ticket[2])
    for number_, name, address in _CLOSES.findall(message):
        yield from _ticket(number_, name, address, forge)
    for name, value in _LINE.findall(body):
        if (kind := _TRAILERS.get(name.lower())) is not None:
            yield from _trailer(kind, value.strip(), forge)


def _pull_request(number: str, forge: Forge | None) -> Reference:
    return Reference(kind="pull request", text=f"#{number}", url=forge.pull_request(number) if forge else None)


def _ticket(number: str, name: str, address: str, forge: Forge | None) -> Iterator[Reference]:
    if number:
        yield Reference(kind="ticket", text=f"#{number}", url=forge.issue(number) if forge else None)
    elif name:
        yield Reference(kind="ticket", text=name)
    elif address:
        yield from _trailer("ticket", address, forge)


def _trailer(kind: Kind, value: str, forge: Forge | None) -> Iterator[Reference]:
    """The reference of one line; none where the value is of another sort (`Fixes: 3f9a1c2 ("subject")`, prose)."""
    if kind == "reviewer":
        if name := value.partition("<")[0].strip()[:_TEXT]:
            yield Reference(kind=kind, text=name)
        return
    if written := _ADDRESS.fullmatch(value):
        yield from _written_out(kind, written[1].rstrip("/"), forge)
        return
    known_form = (
        r"[DI][0-9a-f]{1,40}" if kind == "revision" else rf"T\d{{1,9}}|{_TICKET}|[a-z][a-z0-9]{{1,20}}-\d{{1,7}}"
    )
    if re.fullmatch(known_form, value):
        yield Reference(kind=kind, text=value[:_CHANGE_ID])


def _written_out(kind: Kind, url: str, forge: Forge | None) -> Iterator[Reference]:
    """The reference of an address: linked only where it leads to the repository's own host, whoever wrote it."""
    end = url.rpartition("/")[2]
    if not re.fullmatch(rf"\d{{1,9}}|[TD]\d{{1,9}}|{_TICKET}", end):
        return  # any page
    mark = "!" if "/merge_requests/" in url else "#"
    own = forge is not None and urlsplit(url)[:2] == urlsplit(forge.base)[:2]
    yield Reference(kind=kind, text=f"{mark}{end}" if end.isdigit() else end, url=url if own else None)
