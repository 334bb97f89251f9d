"""How reverts are executed: where branches are pushed, and which forge gets the pull request."""

import os
import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from incidents.errors import InputError
from incidents.frozen import Frozen
from tools.git.remote import checked_url, token_may_go_to

ForgeKind = Literal["push", "github", "gitlab", "gitea"]
_PROJECT: Final = r"^[\w.-]+(/[\w.-]+)+$"
_BRANCH: Final = re.compile(r"[\w{][\w{}-]*(?:[./][\w{}-]+)*")
_FIELDS: Final = frozenset(("{commit}", "{key}", "{incident}"))
_UNIQUE: Final = "{key}"
_MOST_SECRET_BYTES: Final = 20_000
Account = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,100}$")]
"""A person's name at a forge."""


class GithubApp(Frozen):
    """A GitHub App, which gets a token of an hour for each revert."""

    app_id: str = Field(pattern=r"^[\w.]{1,40}$", description="Its id, or its client id.")
    installation_id: int = Field(ge=1, description="Its installation at the owner of the repository.")
    key_file: Path = Field(description="The file with its private key (PEM).")


class RepositoryReverts(Frozen):
    """Where and how reverts of one repository are executed."""

    forge: ForgeKind = Field(
        default="push",
        description="`push` only pushes a branch; `github`, `gitlab` and `gitea` (Forgejo too) open a pull or merge "
        "request for it.",
    )
    url: str | None = Field(default=None, description="Address of git that is pushed to. None: that of `remotes`.")
    api_url: str | None = Field(
        default=None,
        description="Address of the forge's API. None: from `url`, as in https://api.github.com or "
        "https://gitlab.example.org/api/v4.",
    )
    project: str | None = Field(
        default=None, pattern=_PROJECT, description="owner/name at the forge. None: from `url`."
    )
    target: str | None = Field(
        default=None, description="The branch that reverts are merged into. None: the remote's default branch."
    )
    branch: str = Field(
        default="redtide/revert-{commit}-{key}",
        description="The branch that is pushed, the only one that is ever created or deleted: {commit} is the commit's "
        "first 12 letters, {key} stands for commits and head and has to be part of it, {incident} is possible.",
    )
    token_variable: str = Field(
        default="REDTIDE_FORGE_TOKEN", description="Environment variable with the token for git and the API."
    )
    token_file: Path | None = Field(default=None, description="A file with that token, read instead, for each revert.")
    github_app: GithubApp | None = Field(default=None, description="A GitHub App instead of a token.")
    draft: bool = Field(default=False, description="Open the pull request as a draft.")
    ask_author: bool = Field(default=True, description="Ask the author of the reverted commit for a review.")
    on_call: tuple[Account, ...] = Field(default=(), description="Names at the forge of others who are asked.")
    accounts: dict[str, Account] = Field(
        default_factory=dict,
        description="E-mail of a commit's author -> name at the forge. Needed at GitLab, which does not tell it.",
    )
    merge_when_green: bool = Field(
        default=False, description="Merge the pull request once every check has passed. Without checks it never is."
    )

    merge_method: Literal["merge", "squash", "rebase"] = Field(default="merge", description="How it is merged then.")

    @field_validator("accounts")
    @classmethod
    def _lower_case(cls, value: dict[str, str]) -> dict[str, str]:
        return {email.lower(): account for email, account in value.items()}

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return value if value is None else checked_url(value, ("https", "http", "ssh", "file"))

    @field_validator("api_url")
    @classmethod
    def _encrypted(cls, value: str | None) -> str | None:
        if value is not None and not token_may_go_to(checked_url(value, ("https", "http"))):
            raise ValueError("the token is sent by https only, or to this machine")
        return value.rstrip("/") if value else value

    @field_validator("branch")
    @classmethod
    def _own_branch(cls, value: str) -> str:
        if not _BRANCH.fullmatch(value) or value.endswith(".lock") or len(value) > 150:
            raise ValueError("not a name of a branch")
        if set(re.findall(r"\{[^}]*\}", value)) - _FIELDS or _UNIQUE not in value:
            raise ValueError("must hold {key}, so that each revert has its own; also possible: {commit}, {incident}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.github_app is not None and self.forge != "github":
            raise ValueError("github_app: only with the forge github")
        if self.draft and self.merge_when_green:
            raise ValueError("merge_when_green: a draft is never merged; choose one of them")
        return self

    def forge_problem(self, url: str) -> str:
        """Return why the forge's API cannot be asked about the repository with this address of git; empty when it can."""
        if self.forge == "push":
            return ""
        if self.api_url is None and not urlsplit(url).hostname:
            return f"api_url: missing; the address of git has no host where the API of {self.forge} could be"
        if self.project is None and not re.fullmatch(_PROJECT, project_in(url)):
            return f"project: missing; the address of git does not end in owner/name, as {self.forge} needs it"
        return ""

    def token(self) -> SecretStr | None:
        """Return the token of the file, else of this process's environment; None without one. Raises InputError."""
        if self.token_file is None:
            found = os.environ.get(self.token_variable, "").strip()
        else:
            found = secret_text(self.token_file, "token_file").strip()
        return SecretStr(found) if found else None


def project_in(url: str) -> str:
    """Return owner/name at the forge, as an address of git has it."""
    return urlsplit(url).path.strip("/").removesuffix(".git")


def secret_text(path: Path, setting: str) -> str:
    """Return the text of a secret file. Raises InputError, which names the file and repeats nothing of it."""
    try:
        with path.expanduser().open("rb") as file:
            return file.read(_MOST_SECRET_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"reverts.{setting}: {str(path)!r} cannot be read as a secret") from error


class RevertSettings(Frozen):
    """How reverts are executed. Repositories that are not named are only planned."""

    repositories: dict[str, RepositoryReverts] = Field(
        default_factory=dict, description="Name of a repository -> where and how its reverts are executed."
    )
    author_name: str = Field(default="Red Tide", min_length=1, max_length=100, description="Author of the commits.")
    author_email: str = Field(default="redtide@localhost", min_length=3, max_length=200, description="Their e-mail.")
    two_persons: bool = Field(
        default=False, description="Whoever asked for a revert cannot approve it: another person has to."
    )
    people: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Person -> the other names under which the same person acts: `slack:U0ANA`, the name of a token, the "
        "name of the sign-on. `two_persons` and approvals of the policy count them as one. Names that are not listed "
        "together are believed to be different people, and a token that several people share is one.",
    )
    push_seconds: float = Field(default=120.0, gt=0, description="Time limit of one push.")
    forge_seconds: float = Field(
        default=20.0, gt=0, description="Time limit of one request to a forge, and of asking its git for a branch."
    )
