"""How a request that cannot be served is answered: JSON, the field named, and nothing of what was sent repeated."""

import logging
from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field

from incidents.errors import FieldInvalid
from incidents.frozen import Frozen
from tools.text.redaction import redact

_log = logging.getLogger(__name__)
_MOST = 20  # problems told of one request
RETRY_SECONDS = 5


class Refusal(Frozen):
    """Why a request was not served."""

    detail: str


class Problem(Frozen):
    """One field that is wrong."""

    loc: tuple[str | int, ...] = Field(description="Where: body, query or path, then the field.")
    msg: str
    type: str


class Problems(Frozen):
    """Every field that is wrong."""

    detail: tuple[Problem, ...]


_Responses = dict[int | str, dict[str, Any]]
_UNAVAILABLE: _Responses = {
    503: {"model": Refusal, "description": "Nothing was stored or read: try again after `Retry-After` seconds."}
}
_CLOSED: _Responses = {
    401: {"model": Refusal, "description": "No valid token or signature."},
    403: {"model": Refusal, "description": "The token lacks the scope."},
}
UNPROVEN = "no valid signature or token of this source: see REDTIDE_SECRETS_<SOURCE> and REDTIDE_API_TOKEN"
_UNREADABLE: _Responses = {400: {"model": Refusal, "description": "The body cannot be read at all."}}
OF_INTAKE: _Responses = (
    _UNAVAILABLE
    | _CLOSED
    | _UNREADABLE
    | {
        429: {"model": Refusal, "description": "Too many from this source: try again after `Retry-After` seconds."},
        413: {"model": Refusal, "description": "The body is too large."},
        422: {"model": Problems, "description": "A field is wrong."},
    }
)
OF_WEBHOOKS: _Responses = OF_INTAKE | {404: {"model": Refusal, "description": "No such source."}}
OF_READING: _Responses = (
    _UNAVAILABLE
    | _CLOSED
    | {
        404: {"model": Refusal, "description": "No incident has that id."},
        422: {"model": Problems, "description": "A parameter is wrong."},
    }
)
OF_RERUNS: _Responses = OF_INTAKE | {404: {"model": Refusal, "description": "No incident has that id."}}
OF_FEEDBACK: _Responses = OF_READING | _UNREADABLE | {413: {"model": Refusal, "description": "The body is too large."}}

OF_REVERTS: _Responses = OF_INTAKE | {
    404: {"model": Refusal, "description": "No incident or revert has that id."},
    409: {"model": Refusal, "description": "Its state does not allow that, or another call works on it."},
    502: {"model": Refusal, "description": "The remote or the forge did not answer, or refused."},
}


async def not_valid(request: Request, error: Exception) -> JSONResponse:
    """422: the body, a query or a path parameter does not parse."""
    assert isinstance(error, RequestValidationError)
    return _problems(
        Problem(loc=tuple(_part(part) for part in found["loc"]), msg=printable(found["msg"]), type=found["type"])
        for found in error.errors()[:_MOST]
    )


async def field_invalid(request: Request, error: Exception) -> JSONResponse:
    """422: a field parses but cannot be used."""
    assert isinstance(error, FieldInvalid)
    return _problems([Problem(loc=("body", error.field), msg=printable(error.text), type="value_error")])


async def input_wrong(request: Request, error: Exception) -> JSONResponse:
    """422: what was asked cannot be done with this input."""
    return _problems([Problem(loc=("body",), msg=printable(str(error)), type="value_error")])


async def conflict(request: Request, error: Exception) -> JSONResponse:
    """409: the state of what is there does not allow it."""
    return JSONResponse(Refusal(detail=printable(str(error))).model_dump(), status_code=409)


async def no_answer(request: Request, error: Exception) -> JSONResponse:
    """502: a remote or a forge that was asked for this did not answer, or refused."""
    return JSONResponse(Refusal(detail=printable(str(error))).model_dump(), status_code=502)


async def not_found(request: Request, error: Exception) -> JSONResponse:
    """404: no such incident or revert."""
    return JSONResponse(Refusal(detail=printable(str(error))).model_dump(), status_code=404)


async def store_unavailable(request: Request, error: Exception) -> JSONResponse:
    """503: the store did not take or give it; the sender should try again."""
    _log.error("the store is unavailable: %s", error)
    body = Refusal(detail="the incident store is unavailable: nothing was stored, try again").model_dump()
    return JSONResponse(body, status_code=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _problems(problems: Iterable[Problem]) -> JSONResponse:
    return JSONResponse(Problems(detail=tuple(problems)).model_dump(mode="json"), status_code=422)


def _part(part: str | int) -> str | int:
    return part if isinstance(part, int) else printable(part)


def printable(text: str) -> str:
    """Names of fields come from strangers too: no secrets, control characters, half surrogate pairs, no novels."""
    return "".join(letter if letter.isprintable() else "?" for letter in redact(text[:1_000])[:200])
