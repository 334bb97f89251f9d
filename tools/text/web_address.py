"""Check the web addresses in settings."""

from urllib.parse import urlsplit


def web_address(url: str, instead: str = "credentials have no place in it") -> str:
    """Return the address unchanged.

    Raises ValueError when it is not an http(s) address or contains credentials; `instead` says where credentials go.
    """
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError("not an address such as https://host.example.org:8000") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_one:
        raise ValueError("not an address such as https://host.example.org:8000")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"must not hold credentials: {instead}")
    return url
