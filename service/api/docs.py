"""`/docs` and `/openapi.json`: Swagger UI from a package, so that a browser loads nothing from anywhere else."""

from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from service.settings import Docs

_PACKAGE = "fastapi_swagger.resources"
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Red Tide</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null, queryConfigEnabled: false,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset].filter(Boolean),
});
"""
_HEADERS = {
    # Swagger UI draws small images from data: addresses; scripts and styles come from here only.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PATHS = ("/docs", "/docs/start.js", "/openapi.json", *(f"/docs/{name}" for name in _ASSETS))


def open_paths(docs: Docs) -> tuple[str, ...]:
    """What asks for no token."""
    return ("/healthz", *_PATHS) if docs == "open" else ("/healthz",)


def pages(docs: Docs) -> APIRouter:
    """Their routes; none when they are off."""
    router = APIRouter(include_in_schema=False)
    if docs != "off":
        router.add_api_route("/openapi.json", _openapi)
        router.add_api_route("/docs", _page)
        router.add_api_route("/docs/{name}", _asset)
    return router


async def _openapi(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())


async def _page() -> Response:
    return _answer(_PAGE, "text/html")


async def _asset(name: str) -> Response:
    if name == "start.js":
        return _answer(_START, "text/javascript")
    if name not in _ASSETS:
        return JSONResponse({"detail": "not found"}, status_code=404)
    return _answer((files(_PACKAGE) / name).read_bytes(), _ASSETS[name])


def _answer(content: str | bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers=_HEADERS)
