"""The option for the ranker's weights, wherever a verdict is made."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.option_errors import path_of

if TYPE_CHECKING:
    from tools.ranking.ranker import Weights


def add_option(parser: "argparse._ActionsContainer") -> None:
    """Add --weights."""
    parser.add_argument(
        "--weights", metavar="FILE", help="the ranker's weights, as `redtide train` writes them (default: the shipped)"
    )


def chosen(arguments: argparse.Namespace) -> "Weights | None":
    """The weights of --weights; None for the shipped ones. Raises InputError."""
    return None if arguments.weights is None else read(path_of(arguments.weights, "--weights"), "--weights")


def read(file: Path, option: str) -> "Weights":
    """The weights in a file. Raises InputError naming `option`."""
    from pydantic import ValidationError

    from tools.ranking.ranker import load_weights

    try:
        return load_weights(file)
    except OSError as error:
        raise InputError(
            f"{option}: cannot read {str(file)!r} ({error.strerror}); give what `redtide train` wrote"
        ) from error
    except (ValidationError, ValueError) as error:
        remedy = "write one with `redtide train CASES.jsonl --out FILE`"
        raise InputError(f"{option}: {str(file)!r} is no file of weights; {remedy}") from error
