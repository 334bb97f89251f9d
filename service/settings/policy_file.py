"""The file of the policy for automatic reverts: TOML or JSON, as docs/policy.md describes it."""

import json
import logging
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from pydantic import ValidationError

from incidents.errors import InputError
from incidents.policy import Policy

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class PolicySource:
    """The policy, and where it comes from. While its file cannot be used nothing is reverted; `problem` says why."""

    policy: Policy = field(default_factory=Policy)
    file: Path | None = None
    problem: str = ""

    @classmethod
    def of(cls, file: Path | None) -> Self:
        """Return the policy of the file, read now; without one the policy is off."""
        source = cls(file=file)
        source.read()
        return source

    def read(self) -> None:
        """Read the file. When it cannot be used the policy is off."""
        if self.file is None:
            return
        before = self.problem
        try:
            self.policy, self.problem = load_policy(self.file), ""
        except OSError as error:
            self.policy, self.problem = Policy(), f"{str(self.file)!r} cannot be read ({error.strerror})"
        except ValueError as error:
            self.policy, self.problem = Policy(), f"{str(self.file)!r} is no policy: {error}"
        if self.problem and self.problem != before:
            _log.error("policy: %s; nothing is reverted automatically until it is mended", self.problem)

    def retry(self) -> None:
        """Read the file again while it could not be used; one that was read is valid until the service starts anew."""
        if self.problem:
            self.read()

    def usable(self) -> Policy:
        """Return the policy. Raises InputError that names the file and the field that is wrong."""
        if self.problem:
            raise InputError(f"policy: {self.problem}")
        return self.policy


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
