"""Who only changed a text, or what the failing value does not depend on, is not named while another gives that value."""

from pathlib import Path

import pytest

from graph.investigation import investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from tests.repositories import Change, build
from tools.git.repository import Repository

USER = (
    "import {{ get }} from './client.js';\n\nexport async function user(id) {{\n"
    "  const data = await get(`/users/${{id}}{}`);\n  return data.profile.name;\n}}\n"
)
CLIENT = (
    "import { defaults } from './options.js';\n\nexport async function get(url, options) {\n"
    "  const o = { ...defaults, ...options };\n  const res = await fetch(url);\n"
    "  return o.parse(await res.text());\n}\n"
)
OPTIONS = "export const defaults = {\n  retries: 3,\n  parse: %s,\n};\n"
TRACE = """TypeError: Cannot read properties of undefined (reading 'name')
    at user (file:///srv/app/lib/user.js:5:23)
    at async render (file:///srv/app/lib/render.js:9:16)
"""


@pytest.mark.parametrize(("giver", "outcome"), [("(x) => x", "unsure"), ("JSON.parse", "culprit")])
async def test_a_changed_text_is_not_named_beside_a_changed_giver(tmp_path: Path, giver: str, outcome: str) -> None:
    changes: list[Change] = [
        {"files": {"lib/user.js": USER.format(""), "lib/client.js": CLIENT, "lib/options.js": OPTIONS % "JSON.parse"}},
        {"files": {"lib/options.js": OPTIONS % giver, "docs/a.md": "1\n"}},
        {"files": {"lib/user.js": USER.format("?full=1")}, "message": "user: ask for everything"},
        {"files": {"docs/a.md": "2\n"}},
    ]
    built = build(tmp_path, changes)
    alert = Alert(
        service="shop", stack_trace=TRACE, repository="acme/shop", base=built.shas[0], deployed=built.shas[-1]
    )
    context = Context(repositories=OneRepository(Repository.open(built.path)))

    found = await investigate(context, Request.about(alert))

    assert found.verdict.outcome == outcome
    assert found.verdict.suspects[0].commit.sha == built.shas[2]
