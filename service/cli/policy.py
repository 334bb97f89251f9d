"""`redtide policy`: explain what the policy for automatic reverts decided, and replay it on known incidents."""

import argparse
from typing import Final

from service.cli import policy_explain, policy_replay
from service.cli.commands import Commands, add_command

_TEXT: Final = """\
The policy for automatic reverts (docs/policy.md): which rule decided about an incident, and what the policy would have
done on incidents whose answer is known. Nothing is reverted from here."""
_EXAMPLES: Final = """\
examples:
  redtide policy explain INC-k7mq2wz4ab
  redtide policy replay --cases incidents/*.jsonl --repos ~/mirrors
  redtide policy replay --since 30
"""


def add(commands: Commands) -> None:
    """The subcommands of `redtide policy`."""
    parser = add_command(
        commands, "policy", _missing, summary="explain and replay the policy", text=_TEXT, examples=_EXAMPLES
    )
    parts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for part in (policy_explain, policy_replay):
        part.add(parts)


def _missing(arguments: argparse.Namespace) -> int:
    """Never called: argparse asks for a subcommand."""
    raise NotImplementedError
