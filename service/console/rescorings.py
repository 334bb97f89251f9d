"""The pages of rescorings: the runs and how far they are, and the report of one."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from service.api.auth.middleware import Reader
from service.api.dependencies import TheParts
from service.api.rescorings import RunName
from service.console.browser import HEADERS, BrowserRoute, answer
from service.rescoring.comparison import Comparison
from service.rescoring.report import as_html

router = APIRouter(route_class=BrowserRoute, include_in_schema=False)
# The report is one file that people also save and send: its style is inline, and it runs nothing.
_REPORT_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


@router.get("/rescorings")
async def rescorings(request: Request, parts: TheParts, caller: Reader) -> Response:
    """The newest runs."""
    return await answer(request, "rescorings.html", {"runs": await parts.store.rescorings.latest()})


@router.get("/rescorings/{name}")
async def rescoring(name: RunName, request: Request, parts: TheParts, caller: Reader) -> Response:
    """The report of a finished run; before that, how far it is."""
    result = await parts.store.rescorings.result(name)
    if result is None:
        run = await parts.store.rescorings.rescoring(name)
        return await answer(request, "rescorings.html", {"runs": (run,)})
    html = await asyncio.to_thread(as_html, Comparison.model_validate(result))
    return HTMLResponse(html, headers=_REPORT_HEADERS)
