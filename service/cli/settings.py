"""`redtide settings`: every setting with its variable, default and meaning. docs/settings.md is its Markdown output."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_TEXT = """\
List every setting: its name, the environment variable it is read from, its default and what it does. Settings with a
dot belong to one JSON object: life.seconds is read from REDTIDE_LIFE='{"seconds": 3600}'. In serve_config.yaml they
are fields of `args` (application) or options of `redtide serve` (hosting)."""
_EXAMPLES = """\
examples:
  redtide settings
  redtide settings --markdown > docs/settings.md
"""


class Setting(NamedTuple):
    """One setting. `variable` is None for a field of a JSON object that an outer setting holds."""

    name: str
    variable: str
    default: str
    meaning: str


def add(commands: Commands) -> None:
    """Options of `redtide settings`."""
    parser = add_command(
        commands, "settings", run, summary="list every setting and what it does", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("--markdown", action="store_true", help="print the page docs/settings.md")


def run(arguments: argparse.Namespace) -> int:
    """Print the reference."""
    write(markdown() if arguments.markdown else _plain())
    return 0


def reference() -> dict[str, tuple[Setting, ...]]:
    """The settings by the title of their group, in the order of the classes."""
    from service.cluster.hosting import Hosting
    from service.settings import Settings

    return {
        "The application": tuple(_settings(Settings)),
        "`redtide serve`": tuple(_settings(Hosting)),
    }


def markdown() -> str:
    """The reference as one Markdown page."""
    parts = [_HEAD]
    for title, settings in reference().items():
        rows = (f"| `{each.name}` | `{each.variable}` | {each.default} | {_cell(each.meaning)} |" for each in settings)
        parts.append(f"## {title}\n\n| setting | variable | default | meaning |\n| --- | --- | --- | --- |")
        parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


_HEAD = """\
# Settings

Made by `redtide settings --markdown`; a test compares the two. A setting comes from the `args` of `serve_config.yaml`, else from its
environment variable, else from its default. A setting with a dot belongs to one JSON object: `life.seconds` is read from
`REDTIDE_LIFE='{"seconds": 3600}'`.

Secrets are no settings. They are read from the environment: `REDTIDE_API_TOKEN`, `REDTIDE_API_TOKENS` and
`REDTIDE_SECRETS_<SOURCE>` ([alert sources](alert-sources.md)), and the variables that settings ending in `_variable` name. So is
`REDTIDE_SNS_TOPICS`, the topics of Amazon SNS whose signed messages are believed ([Amazon SNS](alert-sources.md#amazon-sns)).
Three are read from files that settings name: the client's secret of single sign-on from `oidc.client_secret_file`
([the pages](console.md)), and in `reverts.repositories`, for each repository, the forge's token from `token_file`, if it is set, and the
key of a GitHub App from `github_app.key_file` ([forges](forges.md)).
"""


def _plain() -> str:
    lines = []
    for title, settings in reference().items():
        lines.append(title.replace("`", ""))
        for each in settings:
            lines.append(f"  {each.name}  ({each.variable}, default {each.default.replace('`', '')})")
            lines.append(f"      {each.meaning}")
        lines.append("")
    return "\n".join(lines)


def _settings(
    model: "type[BaseModel]", prefix: str = "", variable: str = "", outer: "BaseModel | None" = None
) -> Iterator[Setting]:
    """`outer` is the default of the object that holds these fields: it may differ from its class's own defaults."""
    for name, info in model.model_fields.items():
        inner = _object_of(info)
        own = variable or f"REDTIDE_{name.upper()}"
        default = info.get_default(call_default_factory=True) if outer is None else getattr(outer, name)
        named = isinstance(default, dict)  # name -> settings
        if inner is None or named:
            yield Setting(
                prefix + name, own, "required" if info.is_required() else _shown(default), info.description or ""
            )
        if inner is not None and named:
            yield from _settings(inner, f"{prefix}{name}.NAME.", own)
        elif inner is not None:
            yield from _settings(inner, f"{prefix}{name}.", own, default)


def _object_of(info: "FieldInfo") -> "type[BaseModel] | None":
    """The model class of a field that holds one, `X | None` included."""
    from typing import get_args

    from pydantic import BaseModel

    candidates = (info.annotation, *get_args(info.annotation))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    text = ", ".join(map(str, value)) if isinstance(value, tuple | frozenset | list) else str(value)
    return f"`{text}`" if text not in ("", "{}") else "empty"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
