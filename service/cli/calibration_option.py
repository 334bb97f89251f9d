"""The option for what the model's word is worth, wherever agents are asked."""

import argparse
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.option_errors import path_of

if TYPE_CHECKING:
    from incidents.reliability import Reliability


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add --calibration."""
    text = "what the model's word is worth, as `redtide calibrate` writes it (default: a cautious guess)"
    parser.add_argument("--calibration", metavar="FILE", help=text)


def chosen(arguments: argparse.Namespace, choice: tuple[str, str] | None) -> "Reliability | None":
    """The record of --calibration; None without the option. Raises InputError, also for another model's."""
    if arguments.calibration is None:
        return None
    from graph.calibration import load_reliability, usable

    file = path_of(arguments.calibration, "--calibration")
    remedy = "write one with `redtide calibrate CASES.jsonl --out FILE`"
    try:
        found = load_reliability(file)
    except OSError as error:
        raise InputError(f"--calibration: cannot read {str(file)!r} ({error.strerror}); {remedy}") from error
    except ValueError as error:
        raise InputError(f"--calibration: {str(file)!r} is no calibration; {remedy}") from error
    if choice is None:
        raise InputError("--calibration: needs a model; add --model-url URL --model NAME")
    if (used := usable(file, choice[1])) is None:
        of = f"the model {found.model!r}" if found.model != choice[1] else "other prompts"
        raise InputError(f"--calibration: {str(file)!r} is of {of}; {remedy}")
    return used
