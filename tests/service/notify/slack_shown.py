"""What people see in a Slack: messages and modals."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shown:
    """A message as the channel shows it."""

    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str | None
    metadata: dict[str, Any]
    states: list[str] = field(default_factory=list)

    @property
    def header(self) -> str:
        """The text of its header, or its text."""
        found = (each["text"]["text"] for each in self.blocks if each["type"] == "header")
        return next(found, self.text)

    def words(self) -> str:
        """Everything a reader sees."""
        return json.dumps(self.blocks, ensure_ascii=False) + self.text


@dataclass
class Modal:
    """A modal as somebody sees it."""

    id: str
    view: dict[str, Any]
    hash: str

    def words(self) -> str:
        """Everything a reader sees."""
        return json.dumps(self.view["blocks"], ensure_ascii=False)

    def menu(self, name: str) -> dict[str, Any]:
        """A menu in it, by its action."""
        elements = [
            each.get("element") or each for block in self.view["blocks"] for each in block.get("elements", [block])
        ]
        return next(each for each in elements if each.get("action_id") == name)
