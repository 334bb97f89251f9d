"""Prompts: `.md` files in `prompts/`, rendered with Jinja. A name that a prompt uses and the caller omits is an error.

All calls of an incident share their beginning, so that a server's prefix cache reads it once: the system message (the
rules and roles) is the same for every incident, every user message starts with `_incident.md`, then what only grows (the
developer's tools and notes), and the question comes last.
Untrusted text enters through the filters `fence` and `one_line`. Text that a prompt prints without a filter is cleaned
when it is rendered (`_cleaned`), so that a forgotten filter is not a hole.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from agents.case import Case
from agents.fence import Shown, clean, fence, one_line
from agents.prompt_files import shipped_prompts
from agents.tool_table import TOOLS, offers
from models.door import Prompt

if TYPE_CHECKING:
    from jinja2 import Environment


LEAST_NEEDED: Final = ("missing", "others", "seen", "values", "rival", "candidates", "notes", "code", "trace")  # fmt: skip
"""The fences that are shortened for a model with little context, the least needed first."""


_used: dict[str, str] = {}
_OF_ASSESSMENTS: Final = frozenset({"_assessed.md", "assess.md", "assess_look.md"})


def use(prompts_given: Mapping[str, str]) -> None:
    """Use these prompts (file name -> text) in this process instead of the shipped ones; empty: the shipped ones."""
    _used.clear()
    _used.update(prompts_given)
    for cached in (version, prompts, _rules):
        cached.cache_clear()


def texts() -> Mapping[str, str]:
    """Return the prompts as they are used, file name -> text."""
    return _used or shipped_prompts()


@cache
def version() -> str:
    """Return a short name of the prompts that verdicts depend on: it changes with every word of them."""
    found = hashlib.sha256()
    for name, text in sorted(texts().items()):
        if name in _OF_ASSESSMENTS:
            continue
        found.update(f"{name}\n{text}".encode())
    found.update("".join(f"{name} {tool.purpose} {tool.fields}\n" for name, tool in TOOLS.items()).encode())
    return found.hexdigest()[:12]


@cache
def prompts() -> "Environment":
    """Return the Jinja environment in which every prompt is rendered."""
    # Imported here: an investigation without a model must not pay for the import of Jinja.
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # prompts of a folder may be a stranger's

    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(texts()),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_cleaned,
    )
    environment.filters["fence"] = fence
    environment.filters["one_line"] = one_line
    return environment


def _cleaned(value: object) -> object:
    """Return a value for a prompt; text that was not prepared by `agents.fence` is cleaned here."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Shown) else value


def render(name: str, *, case: Case, **values: object) -> Prompt:
    """Return the prompt of `prompts/<name>.md`, filled with `values`. Raises UndefinedError for a missing value."""
    parts = {"incident": _part("_incident", case), "tools": _part("_tools", case)}
    user = prompts().get_template(f"{name}.md").render(case=case, **parts, **values)
    return Prompt(system=_rules(), user=user.strip(), least_needed=LEAST_NEEDED)


def _part(name: str, case: Case) -> Shown:
    """Return what all prompts of an incident share, rendered once: to redact it takes longer than all the rest."""
    if name not in case.rendered:
        text = prompts().get_template(f"{name}.md").render(case=case, tools=offers(case))
        case.rendered[name] = text.removesuffix("\n")
    return Shown(case.rendered[name])


def render_alone(name: str, **values: object) -> Prompt:
    """Return a prompt that is about no case: of who judges a finished reasoning. Raises UndefinedError."""
    user = prompts().get_template(f"{name}.md").render(**values)
    return Prompt(system=_rules(), user=user.strip(), least_needed=LEAST_NEEDED)


@cache
def _rules() -> str:
    return prompts().get_template("_rules.md").render().strip()
