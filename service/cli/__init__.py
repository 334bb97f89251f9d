"""The command line. Commands import what they need when they run, so that `--help` and a verdict come at once."""

from service.cli.parser import main

__all__ = ["main"]
