"""The labelled incidents of `redtide evaluate`, `calibrate` and `train`, and where their repositories are."""

import argparse

from incidents.errors import InputError
from service.cli import numbers


def add_options(parser: argparse.ArgumentParser) -> None:
    """CASES.jsonl and --repos."""
    parser.add_argument("cases", nargs="+", metavar="CASES.jsonl", help="labelled incidents, one JSON object a line")
    parser.add_argument("--repos", metavar="DIR", help="where the repositories are (default: REDTIDE_REPOSITORIES)")


def add_limit(parser: argparse.ArgumentParser) -> None:
    """--limit."""
    parser.add_argument("--limit", type=numbers.whole, metavar="N", help="only the first N cases")


def limit_of(arguments: argparse.Namespace) -> int | None:
    """Return how many cases are used, or None for all. Raises InputError."""
    limit: int | None = arguments.limit
    if limit is not None and limit < 1:
        raise InputError("--limit: must be at least 1")
    return limit
