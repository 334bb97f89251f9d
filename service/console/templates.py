"""The page templates, with what they have beside the common filters."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from jinja2 import Environment

from incidents.revert import Stage
from service import version
from service.console.error_chart import error_rate
from service.render import plan_summary, wording
from service.render.html import html_environment

ANSWERS = {
    "culprit": "Likely cause",
    "unsure": "Not sure",
    "none": "No commit of this deploy",
    "not_enough": "Not enough to tell",
}
"""The four plain answers, as the messages say them."""
REVERT_STAGES: Final[Mapping[Stage, str]] = {
    "proposed": "Proposed",
    "open": "Under review",
    "merged": "Merged",
    "deployed": "Live",
    "cannot_tell": "Live; nothing shows whether the errors stopped",
    "recovered": "The errors are back at their baseline",
    "not_helped": "It did not help: the errors went on",
}
_STATES = {"open": "Waiting", "investigating": "Investigating", "failed": "Failed", "done": "Done"}


def page(template: str, **values: object) -> str:
    """Return a page as text. Raises UndefinedError when the template names what is not there."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = html_environment("service.console", {"answer": answer})
    environment.globals.update(
        version=version(),
        error_rate=error_rate,
        answers=ANSWERS,
        stages=REVERT_STAGES,
        wording=wording,
        plans=plan_summary,
    )
    return environment


def answer(outcome: str | None, status: str) -> str:
    """Return the plain answer of an incident, or its state while there is none."""
    return ANSWERS.get(outcome or "", "") or _STATES.get(status, status)
