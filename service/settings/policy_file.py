"""The file of the policy for automatic reverts: TOML or JSON, as docs/policy.md describes it."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from incidents.policy import Policy


def automatic(policy: Policy, repository: str, services: Iterable[str]) -> bool:
    """Whether reverts of the repository are executed without a person, for one of these services or of the policy's."""
    named = {"", *services, *(pattern for each in policy.overrides for pattern in each.services)}
    return any(policy.conditions(repository, service).mode == "auto" for service in named)


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
