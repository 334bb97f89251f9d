"""Prompts: `.md` files beside this one, rendered with Jinja. A value a prompt names but nobody gives is an error.

All calls of an incident share their beginning (a server's prefix cache then reads it once): the system message is the
same for every agent, every user message opens with `_incident.md`, then the commit, and the question comes last.
Untrusted text enters through the filters `fence` and `one_line`; what a prompt prints without them passes the same
seam on its way (`_seam`), so that nobody can forget it.
"""

from functools import cache
from typing import TYPE_CHECKING

from agents.fence import Shown, clean, fence, one_line
from models.door import Prompt

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def prompts() -> "Environment":
    """The environment every prompt is rendered in."""
    # Imported here: an investigation without a model must not pay for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("agents", "prompts"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_seam,
    )
    environment.filters["fence"] = fence
    environment.filters["one_line"] = one_line
    return environment


def _seam(value: object) -> object:
    """A value on its way into a prompt: text that was not prepared yet is."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Shown) else value


def render(name: str, **values: object) -> Prompt:
    """The prompt of `prompts/<name>.md`; `values` are the names it uses. Raises UndefinedError for a missing one."""
    user = prompts().get_template(f"{name}.md").render(**values)
    return Prompt(system=prompts().get_template("_rules.md").render().strip(), user=user.strip())
