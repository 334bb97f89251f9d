"""A token for whoever tries the service out and has not set one."""

import secrets
from collections.abc import MutableMapping

from service.api.auth.tokens import ONE_TOKEN, TOKENS, Trust


def token_for_this_run(environment: MutableMapping[str, str]) -> str | None:
    """Make a token for everything, put it into `environment` and return it; None when one is configured already.

    Processes started afterwards know it. Raises InputError when what is configured cannot be used.
    """
    Trust.of(environment)
    if environment.get(ONE_TOKEN, "").strip() or environment.get(TOKENS, "").strip():
        return None
    token = secrets.token_urlsafe(24)
    environment[ONE_TOKEN] = token
    return token
