"""The file of the policy for automatic reverts: TOML or JSON, as docs/policy.md describes it."""

import json
import tomllib
from pathlib import Path

from pydantic import ValidationError

from incidents.policy import Policy


def load_policy(file: Path) -> Policy:
    """The policy in a file. Raises OSError, and ValueError that names the first field that is wrong."""
    text = file.read_text(encoding="utf-8")
    try:
        read = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        return Policy.model_validate(read)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'policy'}: {first['msg']}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
