"""The file of `redtide calibrate`: read for the service and the command line, and used only where it fits."""

import logging
from pathlib import Path
from typing import Final

from incidents.reliability import Reliability

_log: Final = logging.getLogger(__name__)


def load_reliability(file: Path) -> Reliability:
    """The record in a file. Raises OSError, and ValueError for a file of something else."""
    return Reliability.model_validate_json(file.read_text(encoding="utf-8"))


def usable(file: Path | None, model: str | None) -> Reliability | None:
    """The record of that model with the prompts as they are; None, with a warning, for one of others."""
    if file is None or model is None:
        return None
    from agents.prompt import version

    found = load_reliability(file)
    if (found.model, found.prompts) == (model, version()):
        return found
    what = f"the model {found.model!r}" if found.model != model else "other prompts"
    _log.warning("the calibration %s is of %s and is not used; run `redtide calibrate` again", file.name, what)
    return None
