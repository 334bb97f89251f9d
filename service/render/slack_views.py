"""The modals of the Slack app: one commit with the plan of its revert, and the form for "not this".

Limits: title, submit and close 24 characters, private_metadata 3,000
(https://docs.slack.dev/reference/views/modal-views).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from incidents.reference import Reference
from service.render import sanitize
from service.render.message import Candidate
from service.render.slack_buttons import (
    EXECUTE,
    JUDGE,
    NO_DEPLOY,
    PICK,
    PROPOSE,
    UNKNOWN,
    Choice,
    option,
    plain,
    value_of,
)
from service.render.slack_text import Block, context, link, section, text
from service.render.wording import reference, short

_PROPOSE = "Nothing is carried out from here. Propose: the channel sees that you propose this revert."
_REVERT = "Revert: a branch with the revert is pushed under your name, for review. Nothing is merged from here."
COMMIT, NOTE = "commit", "note"
"""Names of the form's fields, for its block and its element alike."""
_CANDIDATES = 50
_NOTE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitShown:
    """One commit of a verdict, and the plan of its revert. Every text is untrusted.

    `details` are the lines of a plan that was made: what it changes, who depends on it, risks, alternatives.
    `executable`: the revert can be executed from here.
    """

    sha: str
    subject: str
    author: str = ""
    url: str | None = None
    references: tuple[Reference, ...] = ()
    reasons: tuple[str, ...] = ()
    plan: str = ""
    command: str = ""
    details: tuple[str, ...] = ()
    executable: bool = False


def commit_view(channel: str, choice: Choice, commit: CommitShown, candidates: Sequence[Candidate]) -> Block:
    """A modal that shows one commit; choosing another commit changes the modal.

    Sending it executes the revert where that is possible, else it proposes it to the channel.
    """
    known = (link(sanitize.web_address(each.url), text(reference(each), 60)) for each in commit.references[:5])
    named = f"{link(sanitize.web_address(commit.url), f'`{text(short(commit.sha))}`')} {text(commit.subject, 120)}"
    blocks = [
        section("\n".join(part for part in (f"*{named}*", text(commit.author, 60), " · ".join(known)) if part)),
        section("\n".join(f"• {text(reason, 200)}" for reason in commit.reasons[:4])),
        section(text(commit.plan, 300)),
        section("\n".join(f"• {text(detail, 200)}" for detail in commit.details[:12])),
        section(f"```{text(commit.command, 500)}```" if commit.command else ""),
        _others(choice, commit.sha, candidates),
        context(text(_REVERT if commit.executable else _PROPOSE)),
    ]
    label, callback = ("Revert", EXECUTE) if commit.executable else ("Propose", PROPOSE)
    return _modal("Revert", label, callback, f"{channel} {value_of(choice)}", blocks)


def not_this_view(channel: str, choice: Choice, candidates: Sequence[Candidate]) -> Block:
    """A form: which commit it was instead, that no deploy caused it, or that the cause is not known."""
    offered = [
        *_options(choice, candidates),
        option("Not a deploy", choice._replace(chosen=NO_DEPLOY)),
        option("Wrong, the cause is not known", choice._replace(chosen=UNKNOWN)),
    ]
    select = {"type": "static_select", "action_id": COMMIT, "placeholder": plain("Choose"), "options": offered}
    note = {"type": "plain_text_input", "action_id": NOTE, "multiline": True, "max_length": _NOTE}
    blocks: list[Block | None] = [
        {"type": "input", "block_id": COMMIT, "label": plain("What was it?"), "element": select},
        {"type": "input", "block_id": NOTE, "label": plain("How do you know?"), "element": note, "optional": True},
    ]
    return _modal("Not this", "Send", JUDGE, f"{channel} {value_of(choice)}", blocks)


def _others(choice: Choice, sha: str, candidates: Sequence[Candidate]) -> Block | None:
    """A menu of the commits, with the one that is shown chosen."""
    offered = _options(choice, candidates)
    if len(offered) < 2:
        return None
    shown = next((each.number for each in candidates if each.sha == sha), None)
    current = [each for each in offered if each["value"] == value_of(choice._replace(chosen=f"c{shown}"))]
    menu = {"type": "static_select", "action_id": PICK, "placeholder": plain("Another commit"), "options": offered}
    chosen = {"initial_option": current[0]} if current else {}
    return {"type": "actions", "block_id": PICK, "elements": [menu | chosen]}


def _options(choice: Choice, candidates: Sequence[Candidate]) -> list[Block]:
    return [
        option(f"{short(each.sha)} {each.subject}", choice._replace(chosen=f"c{each.number}"))
        for each in candidates[:_CANDIDATES]
    ]


def _modal(title: str, submit: str, callback: str, metadata: str, blocks: Sequence[Block | None]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Close"),
        "blocks": [block for block in blocks if block is not None],
    }
