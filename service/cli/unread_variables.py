"""Variables that look like ours and that nothing reads: a mistyped setting would be ignored without a word."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.settings import Settings

_PREFIX = "REDTIDE_"
_DEEPEST = 4


def unread(environment: Mapping[str, str], settings: "Settings") -> Iterator[str]:
    """One line for each, with the name that was probably meant; values are not shown."""
    from service.api.auth.tokens import SECRETS

    known = _known(settings)
    for name in sorted(environment):
        if name.startswith(_PREFIX) and not name.startswith(SECRETS) and name.upper() not in known:
            yield f"{name[:60]} is read by nothing{_hint(name.upper(), known)}"


def _hint(name: str, known: set[str]) -> str:
    """Return what was probably meant. A field of a setting is no variable of its own: it stands in the setting's JSON."""
    setting, *path = name.split("__")
    if path and setting in known:
        inner = "..."
        for field in reversed(path[:_DEEPEST]):
            inner = f"{{{json.dumps(field.lower()[:60])}: {inner}}}"
        return f": fields stand in {setting}='{inner}'"
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; `redtide settings` lists what there is"


def _known(settings: "Settings") -> set[str]:
    from service.api.auth.tokens import ONE_TOKEN, TOKENS, TOPICS
    from service.cli.credentials import TOKEN
    from service.cli.target import SERVER
    from service.cluster.gate import MODEL_KEY
    from service.cluster.hosting import Hosting
    from service.settings import Settings

    fields = {f"{_PREFIX}{name.upper()}" for kind in (Settings, Hosting) for name in kind.model_fields}
    secrets = {settings.store_password_variable, settings.git_token_variable, settings.model_key_variable}
    if settings.logs is not None:
        secrets |= {settings.logs.password_variable, settings.logs.api_key_variable}
    reverts = settings.reverts.repositories.values()
    secrets |= {each.token_variable for each in reverts if each.token_file is None and each.github_app is None}
    for channel in settings.notify.channels.values():
        named = (getattr(channel, name) for name in type(channel).model_fields if name.endswith("_variable"))
        secrets |= {name for name in named if name is not None}
    return {*fields, *map(str.upper, secrets), ONE_TOKEN, TOKENS, TOPICS, TOKEN, SERVER, MODEL_KEY, f"{_PREFIX}MODEL"}
