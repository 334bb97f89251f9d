"""Close the embedded Ray cluster to other users. Ray reads these variables when it is imported, so set them before.

Whoever reaches a port of Ray without a token runs code as this service. In token mode every port that accepts commands
requires the token; in addition, the ports are on loopback (those of the replicas: `service/app.py`).
"""

import os
import secrets
from pathlib import Path

from incidents.errors import InputError
from service.api.auth.tokens import LEAST_CHARACTERS

TOKEN = "RAY_AUTH_TOKEN"
TOKEN_PATH = "RAY_AUTH_TOKEN_PATH"
MODE = "RAY_AUTH_MODE"
LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""The name is misleading: on every platform, 0 makes 127.0.0.1 the node's address, on which Ray's servers then listen.

`ray.init(_node_ip_address="127.0.0.1")` does not: Ray replaces it with the machine's own address.
"""

PATIENCE = "RAY_gcs_rpc_server_reconnect_timeout_s"
_PATIENCE_SECONDS = "15"


def close_to_others() -> None:
    """Set token mode, loopback and a token for the Ray that this process will import.

    The token is RAY_AUTH_TOKEN or the content of RAY_AUTH_TOKEN_PATH where one is set, else a new one. Ray's processes
    receive it in their environment, never on a command line. Raises InputError.
    """
    os.environ[TOKEN] = _token()
    os.environ.pop(TOKEN_PATH, None)
    os.environ[MODE] = "token"
    os.environ[LOOPBACK] = "0"


def print_lines_as_they_are() -> None:
    """Let the Ray that this process will import add nothing to the replicas' lines, which are JSON.

    It puts a coloured name before each and "[repeated 3x across cluster]" behind it.
    """
    os.environ.update({"RAY_COLOR_PREFIX": "0", "RAY_DISABLE_WORKER_LOG_PREFIX": "1", "RAY_DEDUP_LOGS": "0"})


def notice_loss_soon() -> None:
    """Let the Ray that this process will import end it 15 s after its cluster is gone, unless the environment says otherwise.

    Only for a cluster of this process alone, which does not come back. Ray's default is 60 s.
    """
    os.environ.setdefault(PATIENCE, _PATIENCE_SECONDS)


def _token() -> str:
    if token := os.environ.get(TOKEN, "").strip():
        return _long_enough(TOKEN, token)
    if path := os.environ.get(TOKEN_PATH, "").strip():
        return _long_enough(TOKEN_PATH, _read(Path(path)))
    return secrets.token_hex(32)


def _read(file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InputError(f"{TOKEN_PATH}: cannot read the token file ({type(error).__name__})") from error


def _long_enough(variable: str, token: str) -> str:
    if len(token) < LEAST_CHARACTERS:
        raise InputError(f"{variable}: a token needs at least {LEAST_CHARACTERS} characters")
    return token
