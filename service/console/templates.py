"""The page templates and their filters. Every text is escaped; text of strangers goes through `line` first."""

import re
from datetime import UTC, datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from incidents.verdict import percent
from service import version
from service.console.charts import error_rate
from service.render import plan_summary, sanitize, wording

ANSWERS = {
    "culprit": "Likely cause",
    "unsure": "Not sure",
    "none": "No commit of this deploy",
    "not_enough": "Not enough to tell",
}
"""The four plain answers, as the messages say them."""
_CODE = re.compile("`([^`]+)`")
_STATES = {"open": "Waiting", "investigating": "Investigating", "failed": "Failed", "done": "Done"}


def page(template: str, **values: object) -> str:
    """Return a page as text. Raises UndefinedError when the template names what is not there."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.console", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        line=sanitize.line,
        block=sanitize.block,
        address=sanitize.web_address,
        short=wording.short,
        counted=wording.counted,
        percent=percent,
        moment=moment,
        answer=answer,
        sentence=sentence,
    )
    environment.globals.update(
        version=version(), error_rate=error_rate, answers=ANSWERS, wording=wording, plans=plan_summary
    )
    return environment


def sentence(text: str, limit: int) -> Markup:
    """Return a sentence as one line, with what stands between backticks as code."""
    escaped = str(escape(sanitize.line(text, limit)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))


def moment(at: datetime | None) -> Markup:
    """Return a time in UTC; the page's script adds the reader's own zone."""
    if at is None:
        return Markup("–")
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    )


def answer(outcome: str | None, status: str) -> str:
    """Return the plain answer of an incident, or its state while there is none."""
    return ANSWERS.get(outcome or "", "") or _STATES.get(status, status)
