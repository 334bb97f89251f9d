"""`redtide serve`: take alerts over HTTP, with an embedded Ray cluster."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from incidents.errors import InputError
from service.cli import numbers
from service.cli.commands import Commands, add_command
from service.cli.streams import note

if TYPE_CHECKING:
    from service.cluster.hosting import Hosting
    from service.cluster.local import Addresses
    from service.settings import Settings

APPLICATION = "redtide"
_TEXT = """\
Serve Red Tide on this machine with an embedded Ray cluster until Ctrl-C, then stop cleanly: what was acknowledged is
kept. On a cluster, deploy the same application with `serve deploy serve_config.yaml` instead."""
_EXAMPLES = """\
examples:
  REDTIDE_REPOSITORIES='{"shop": "/srv/git/shop.git"}' redtide serve
  redtide serve --config serve_config.yaml --port 8080
  curl -s localhost:8000/healthz
  export REDTIDE_API_TOKEN=$(openssl rand -base64 24) && redtide serve
  curl -s -H "Authorization: Bearer $REDTIDE_API_TOKEN" localhost:8000/incidents

Everything but /healthz needs a token: REDTIDE_API_TOKEN for everything, REDTIDE_API_TOKENS for several with scopes,
REDTIDE_SECRETS_<SOURCE> for what an alert source signs or shows (docs/alert-sources.md). With none set, a terminal is
shown a token for this run, and without a terminal every request is answered 401. /docs and /openapi.json ask for one
too, in a browser as the password of any user; REDTIDE_DOCS=open opens them, REDTIDE_DOCS=off takes them away.

Ray's own ports are on loopback and ask for a token made for this run, unless RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH holds
one: whoever has it can run code as this service.

SIGTERM or Ctrl-C stops it, also when the whole process group gets it: it takes no more alerts, waits up to drain_seconds for
running investigations, and ends its Ray processes. Give it drain_seconds and 40 s (systemd: TimeoutStopSec) before SIGKILL.

Settings come from --config (the `args` of its application named redtide; a model in it is not started), else from
REDTIDE_* in the environment.
"""


def add(commands: Commands) -> None:
    """Options of `redtide serve`."""
    parser = add_command(
        commands, "serve", run, summary="take alerts over HTTP on this machine", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("--config", metavar="FILE", help="a Serve config, such as serve_config.yaml")
    parser.add_argument("--host", metavar="ADDRESS", help="listen on this address (default 127.0.0.1)")
    parser.add_argument("--port", type=numbers.port, metavar="PORT", help="listen on this port (default 8000)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal; log lines are JSON unless a person watches. Raises InputError."""
    from service.json_logs import all_json

    if sys.stderr.isatty():
        return _run(arguments)
    with all_json():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    config = read_config(Path(arguments.config)) if arguments.config else {}
    settings, hosting = settings_of(config.get("args", {})), _hosting(config.get("http", {}), arguments)
    token = _token_shown()
    from service.cli.unread_variables import unread
    from service.cluster.ports import refuse_taken

    refuse_taken(hosting)
    for line in (*unread(os.environ, settings), *missing(settings)):
        _say(line, "warning")
    if made := _store_prepared(settings):
        _say(made)
    from service.cluster.local import serve_until_stopped

    def ready(addresses: "Addresses") -> None:
        _say(f"Red Tide takes alerts at {addresses.api}/alerts{_docs(settings, addresses.api)}")
        if addresses.dashboard:
            _say(f"Ray dashboard: {addresses.dashboard} (asks for Ray's token: {ray_token_shown()})")
        _say(_working(settings))
        _say(token)
        _say("Ctrl-C stops it." if sys.stderr.isatty() else "SIGTERM stops it.")

    serve_until_stopped(settings, hosting, ready)
    return 0


def _say(text: str, level: str = "info") -> None:
    """A line for whoever watches; without a terminal it is one of the log like any other."""
    from service.json_logs import line_of

    note(text if sys.stderr.isatty() else line_of(text, "service.cli", level))


def _store_prepared(settings: "Settings") -> str:
    """Make or upgrade the store, and say so. Raises InputError: once Ray runs, it would be pages of tracebacks."""
    from service.store.opening import prepared

    return asyncio.run(prepared(settings.store_address()))


def missing(settings: "Settings") -> list[str]:
    """Return what the settings name and is not there, or what they lack to do what they say: a line each."""
    gone = [name for name, path in settings.repositories.items() if name not in settings.remotes and not path.exists()]
    lines = [f"Repository {name!r}: there is nothing at {settings.repositories[name]}" for name in sorted(gone)]
    try:
        if settings.oidc is not None:
            settings.sign_on_secret()
    except InputError as error:
        lines.append(f"{error}: nobody can log in by single sign-on")
    return [*lines, *_unreverted(settings)]


def _unreverted(settings: "Settings") -> list[str]:
    """Return what keeps the policy from reverting by itself where it is `auto`."""
    from service.settings.policy_file import PolicySource, automatic

    source = PolicySource.of(settings.policy)
    if source.problem:
        return [f"Policy: {source.problem}: nothing is reverted automatically until it is mended"]
    policy = source.policy
    names = sorted(name for name in settings.repositories if automatic(policy, name, settings.services))
    lines = [
        f"Policy: {name!r} is `auto`, but reverts.repositories does not hold it: its reverts are only planned"
        for name in names
        if name not in settings.reverts.repositories
    ]
    if names and not settings.notify.channels:
        lines.append("Policy: `auto`, but notify.channels is empty: nobody is told in time to object")
    return lines


def _docs(settings: "Settings", api: str) -> str:
    """Return where the API is described and what that page asks for."""
    asks = {"token": " asks for a token, as a browser's password", "open": "", "off": None}[settings.docs]
    return "" if asks is None else f" (its API: {api}/docs{asks})"


def ray_token_shown() -> str:
    """Ray's token, at a terminal; elsewhere only where it comes from, so that it does not end up in a log file."""
    from service.cluster.ray_access import TOKEN

    return os.environ[TOKEN] if sys.stderr.isatty() else f"set {TOKEN} to choose it"


def _token_shown() -> str:
    """A line about API tokens. A token is generated only at a terminal: it must not end up in a log file."""
    from service.api.auth.first_token import token_for_this_run
    from service.api.auth.tokens import Trust

    if sys.stderr.isatty() and (token := token_for_this_run(os.environ)):
        return f"Token for this run: {token}  (set REDTIDE_API_TOKEN to keep one: Authorization: Bearer <token>)"
    if Trust.of(os.environ).tokens:
        return "Requests need a token, in the header Authorization, behind the word Bearer."
    return "No token is set, so every request but /healthz is answered 401: set REDTIDE_API_TOKEN."


def read_config(file: Path) -> dict[str, dict[str, Any]]:
    """`{"args": fields of Settings, "http": http_options}` of a Serve config. Raises InputError."""
    import yaml

    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"--config: cannot read {str(file)!r} ({' '.join(str(error).split())})") from error
    applications = read.get("applications") if isinstance(read, dict) else None
    listed = applications if isinstance(applications, list) else []
    named = [each for each in listed if isinstance(each, dict) and each.get("name") == APPLICATION]
    if not named:
        raise InputError(f"--config: {str(file)!r} has no application named {APPLICATION!r} under `applications`")
    return {"args": _object_in(named[0], "args", file), "http": _object_in(read, "http_options", file)}


def _object_in(holder: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    found = holder.get(name) or {}
    if not isinstance(found, dict):
        raise InputError(f"--config: `{name}` in {str(file)!r} must be an object, such as `{name}: {{...}}`")
    return found


def settings_of(fields: dict[str, Any], options: Mapping[str, str] = MappingProxyType({})) -> "Settings":
    """The service's settings from these fields and the environment.

    Raises InputError naming the option that `options` says a field was given with, else the field.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from service.cli.setting_errors import line_of, words_of
    from service.settings import Settings

    try:
        return Settings(**fields)
    except (ValidationError, SettingsError) as error:
        wrong = error.errors()[0] if isinstance(error, ValidationError) else None
        option = options.get(str(wrong["loc"][0])) if wrong and wrong["loc"] else None
        said = f"{option}: {words_of(wrong)}" if wrong and option else f"settings: {line_of(error, Settings, fields)}"
        raise InputError(said) from error


def _hosting(http: dict[str, Any], arguments: argparse.Namespace) -> "Hosting":
    from pydantic import ValidationError

    from service.cli.setting_errors import line_of
    from service.cluster.hosting import Hosting

    fields: dict[str, Any] = {name: http[name] for name in ("host", "port") if name in http}
    fields |= {name: value for name in ("host", "port") if (value := getattr(arguments, name)) is not None}
    try:
        return Hosting(**fields)
    except ValidationError as error:
        raise InputError(f"settings: {line_of(error, Hosting, fields)}") from error


def _working(settings: "Settings") -> str:
    known = ", ".join(sorted(settings.repositories)) or "none yet: set REDTIDE_REPOSITORIES"
    who = "evidence only, no language model" if settings.evidence_only else f"agents on {settings.model_name}"
    return f"Repositories: {known}. Verdicts: {who}."
