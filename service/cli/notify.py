"""`redtide notify`: send a test message to each configured channel."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.commands import Commands, add_command
from service.cli.streams import write

if TYPE_CHECKING:
    from service.settings import Settings

_TEXT = """\
Send a test message to the channels of the settings (REDTIDE_NOTIFY, or `notify` in a Serve config) and say what came
back. Tokens and secrets come from this process's environment. See docs/notifications.md."""
_EXAMPLES = """\
examples:
  redtide notify --test
  redtide notify --test --config serve_config.yaml --channel oncall

Exit status: 0 every channel took it, 1 one did not, 2 bad input.
"""
_SAID = "Red Tide: this is a test message. Incidents will be shown here."


def add(commands: Commands) -> None:
    """Options of `redtide notify`."""
    parser = add_command(
        commands, "notify", run, summary="send a test message to each channel", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("--test", action="store_true", required=True, help="send a test message")
    parser.add_argument("--config", metavar="FILE", help="a Serve config with the service's settings")
    parser.add_argument("--channel", metavar="NAME", help="only this channel of the settings")


def run(arguments: argparse.Namespace) -> int:
    """Send, and print one line for each channel. Raises InputError."""
    from service.cli.serve import read_config, settings_of

    settings = settings_of(read_config(Path(arguments.config))["args"] if arguments.config else {})
    names = list(settings.notify.channels)
    if not names:
        raise InputError("notify.channels: none is configured; see docs/notifications.md")
    if arguments.channel and arguments.channel not in names:
        raise InputError(f"--channel: no channel {arguments.channel!r}; there are {', '.join(names)}")
    taken = asyncio.run(_tried(settings, [arguments.channel] if arguments.channel else names))
    return 0 if taken else 1


async def _tried(settings: "Settings", names: list[str]) -> bool:
    """Whether every channel took the test message."""
    from service.notify.outbound import Outbound
    from service.notify.sender import NotSent
    from service.notify.senders import sender_of

    taken = True
    async with Outbound(settings.notify) as outbound:
        for name in names:
            channel = settings.notify.channels[name]
            try:
                told = await sender_of(channel, settings.notify, outbound).trial(_SAID)
            except NotSent as error:
                told, taken = f"not sent: {error}", False
            write(f"{name} ({channel.kind}): {told}\n")
    return taken
