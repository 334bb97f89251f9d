"""Style, script and icon, from the package; they ask for no token and say nothing about anybody."""

from importlib.resources import files

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from service.api.auth.middleware import STATIC

_FILES = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
router = APIRouter(include_in_schema=False)


@router.get(STATIC + "{name}")
async def static_file(name: str) -> Response:
    """One of the files."""
    if name not in _FILES:
        raise HTTPException(404, "not found")
    content = (files("service.console") / "static" / name).read_bytes()
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=_FILES[name], headers=headers)
