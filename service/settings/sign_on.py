"""Settings of single sign-on: the OpenID Connect provider that people log in at, and what its groups may do."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from incidents.frozen import Frozen
from tools.text.web_address import web_address


def closed_address(url: str) -> str:
    """Return an address that nobody on the way can read: https, or http on this machine. Raises ValueError."""
    parts = urlsplit(web_address(url))
    if parts.scheme != "https" and not _this_machine(parts.hostname or ""):
        raise ValueError("must begin with https:// (http:// only on this machine)")
    return url


def absolute(file: Path) -> Path:
    """Return the file from the root, `~` expanded. Links stay: a secret in Kubernetes is one, to what changes."""
    return file.expanduser().absolute()


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class SignOn(Frozen):
    """One provider. A person whose claim has none of the values is refused."""

    issuer: Annotated[str, AfterValidator(closed_address)] = Field(
        description="The provider, exactly as its tokens name it: https://login.example.org/realms/staff."
    )
    client_id: str = Field(min_length=1, description="Red Tide's name at the provider.")
    client_secret_file: Annotated[Path, AfterValidator(absolute)] = Field(
        description="File with the client's secret; it is read at each login."
    )
    scopes: tuple[str, ...] = Field(default=("openid", "profile", "email"), description="Scopes to ask for.")
    name_claim: str = Field(default="email", description="Claim with the person's name for audit records; else `sub`.")
    role_claim: str = Field(default="groups", description="Claim that decides what the person may do.")
    read: tuple[str, ...] = Field(default=(), description="Values of that claim that may read. `*`: everybody.")
    act: tuple[str, ...] = Field(default=(), description="Values of that claim that may also judge and rerun.")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.read and not self.act:
            raise ValueError("neither read nor act names a value of role_claim, so everybody would be refused: set one")
        return self
