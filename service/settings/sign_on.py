"""Settings of single sign-on: the OpenID Connect provider that people log in at, and what its groups may do."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from incidents.frozen import Frozen
from tools.text.web_address import web_address


def closed_address(url: str) -> str:
    """Return an address that nobody on the way can read: https, or http on this machine. Raises ValueError."""
    parts = urlsplit(web_address(url))
    if parts.scheme != "https" and not _this_machine(parts.hostname or ""):
        raise ValueError("must begin with https:// (http:// only on this machine)")
    return url


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
    client_secret_file: Path = Field(description="File with the client's secret; it is read at each login.")
    scopes: tuple[str, ...] = Field(default=("openid", "profile", "email"), description="Scopes to ask for.")
    name_claim: str = Field(default="email", description="Claim with the person's name for audit records; else `sub`.")
    role_claim: str = Field(default="groups", description="Claim that decides what the person may do.")
    read: tuple[str, ...] = Field(default=(), description="Values of that claim that may read. `*`: everybody.")
    act: tuple[str, ...] = Field(default=(), description="Values of that claim that may also judge and rerun.")
