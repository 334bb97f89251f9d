"""The title and description of a pull request. Everything that strangers wrote is made harmless; nobody is blamed."""

from typing import Final

from incidents.revert_record import Revert
from service.render import sanitize
from service.reverts.forges.forge import Proposal
from service.settings.reverts import RepositoryReverts
from tools.text.unacted import unacted

_MOST_LISTED: Final = 20
_MOST_LINES: Final = 200
_ASKS: Final = "You know the code that this changes: please check that it can be merged."


def proposal_of(revert: Revert, reverts: RepositoryReverts, subject: str, email: str) -> Proposal:
    """Return what is asked of the forge; `subject` and `email` (its author's) are those of the reverted commit."""
    assert revert.written is not None, "nothing is proposed before it is written"
    author = reverts.accounts.get(email, "") if reverts.ask_author else ""
    return Proposal(
        branch=revert.branch,
        sha=revert.written,
        target=revert.target,
        title=f'Revert "{_safe(subject, 120)}"',
        body=_body(revert),
        draft=reverts.draft,
        reviewers=tuple(dict.fromkeys(filter(None, (author, *reverts.on_call)))),
        author_of=revert.plan.commit if reverts.ask_author and not author else None,
    )


def _body(revert: Revert) -> str:
    """Return the commit message's text with size, risks and dependants, as a block of code: forges act on nothing in it."""
    plan = revert.plan
    size = f"{plan.stat.files} files, +{plan.stat.added} -{plan.stat.removed}"
    dependants = [f"{each.commit[:12]} {each.title}" for each in plan.dependants]
    lines = [
        *plan.message.splitlines()[1:],
        *([size] if plan.stat.files else []),
        *_listed("Look twice:", [each.detail for each in plan.risks]),
        *_listed("Later commits that use what this removes:", dependants),
    ]
    text = "\n".join(_safe(line, 400).replace("`", "'") for line in lines[:_MOST_LINES]).strip("\n")
    return f"```text\n{text}\n```\n\n{_ASKS}\n\n{revert.id} · {revert.incident}\n"


def _listed(head: str, items: list[str]) -> list[str]:
    return ["", head, *(f"- {item}" for item in items[:_MOST_LISTED])] if items else []


def _safe(text: str, limit: int) -> str:
    return unacted(sanitize.line(text, limit))
