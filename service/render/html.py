"""The one environment of HTML templates. Every text is escaped; text of strangers goes through `line` or `block` first."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from incidents.verdict import percent
from service.render import sanitize, wording

_CODE = re.compile("`([^`]+)`")


def html_environment(package: str, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """Return the environment of the templates in the folder `html` of a package, with filters of its own beside ours.

    A template that names what is not there raises UndefinedError.
    """
    environment = Environment(
        loader=PackageLoader(package, "html"),
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
        sentence=sentence,
    )
    environment.filters.update(filters)
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
