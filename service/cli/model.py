"""The options of commands for the language model."""

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.streams import note

if TYPE_CHECKING:
    from models.door import LanguageModel

KEY_VARIABLE = "REDTIDE_MODEL_API_KEY"
_HINT = "no language model configured, so evidence only (--model-url URL --model NAME adds the agents)"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --model-url, --model and --no-model."""
    group = parser.add_argument_group(
        "language model", f"any OpenAI-compatible server; its key, if it wants one, is read from {KEY_VARIABLE}"
    )
    group.add_argument(
        "--model-url", metavar="URL", help="e.g. http://127.0.0.1:8000/llm/v1 (default: REDTIDE_MODEL_URL)"
    )
    group.add_argument("--model", metavar="NAME", help="the model to ask for there (default: REDTIDE_MODEL_NAME)")
    group.add_argument("--no-model", action="store_true", help="evidence only: no language model is asked")


def chosen(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """Address and name of the model, from the options or the environment; None: evidence only. Raises InputError."""
    if arguments.no_model:
        if arguments.model_url or arguments.model:
            raise InputError("--no-model: cannot be combined with --model-url or --model; leave one of them out")
        return None
    url = arguments.model_url or os.environ.get("REDTIDE_MODEL_URL")
    name = arguments.model or os.environ.get("REDTIDE_MODEL_NAME") or os.environ.get("REDTIDE_MODEL")
    if not url and not name:
        return None
    if not url or not name:
        missing = "--model-url" if not url else "--model"
        raise InputError(f"{missing}: missing; a model needs both --model-url URL and --model NAME (or use --no-model)")
    if not url.startswith(("http://", "https://")):
        raise InputError(f"--model-url: {url!r} is no http(s) address")
    return url, name


def hint(arguments: argparse.Namespace, choice: tuple[str, str] | None) -> None:
    """Say on standard error that there is no model, unless --no-model was given."""
    if choice is None and not arguments.no_model:
        note(f"{arguments.prog}: {_HINT}")


@asynccontextmanager
async def connected(choice: tuple[str, str] | None) -> AsyncIterator["LanguageModel | None"]:
    """The connected model, None without one. The client is imported only when it is needed."""
    if choice is None:
        yield None
        return
    from models.openai_server import OpenAIServer

    url, name = choice
    server = OpenAIServer(url, name, api_key=os.environ.get(KEY_VARIABLE))
    try:
        yield server
    finally:
        await server.close()
