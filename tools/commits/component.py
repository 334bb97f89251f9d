"""The part of a program that a commit's subject names in front, as many projects do: `vfs: ...`, `fix(auth): ...`, `[web] ...`."""

import re
from typing import Final

_KINDS: Final = (
    "feat|fix|bugfix|hotfix|chore|refactor|perf|style|build|revert|add|remove|update|deps?|wip|security|improve"
)
_SUBJECT: Final = re.compile(
    rf"(?:{_KINDS})\(([\w ./,-]{{2,60}})\)!?:|\[([\w ./,-]{{2,60}})\]\s|([\w./-]{{2,40}}(?:, ?[\w./-]{{2,40}}){{0,3}}):\s",
    re.IGNORECASE,
)
_ANYWHERE: Final = (
    "src lib app main core internal pkg cmd java kotlin python com org php test tests docs doc ci all misc release merge http https "
    "note todo breaking index utils util common"
)
_NO_COMPONENT: Final = frozenset((*_ANYWHERE.split(), *_KINDS.replace("?", "").split("|"), "dep"))


def components_of(message: str) -> frozenset[str]:
    """The last part of each path or name that the subject has in front, in lower case; none where it has none."""
    found = _SUBJECT.match(message.lstrip())
    if found is None:
        return frozenset()
    names = re.split(r"[ ,]+", next(group for group in found.groups() if group))
    last = (name.strip("/").rpartition("/")[2].lower() for name in names)
    return frozenset(name for name in last if len(name) > 1 and name not in _NO_COMPONENT)
