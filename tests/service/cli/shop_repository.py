"""A small shop with releases: its tags, a folder of its own for a second service, and the trace of its last commit."""

import time
from pathlib import Path

from tests.repositories import Built, Change, build, git

CART = "class Cart:\n    def __init__(self, lines):\n        self.lines = lines\n\n    def total(self):\n        {}\n"
GOOD, BAD = "return sum(line.price for line in self.lines)", "return sum(line.cost for line in self.lines)"
TRACE = """\
Traceback (most recent call last):
  File "/srv/shop/cart.py", line 6, in total
    return sum(line.cost for line in self.lines)
AttributeError: 'Line' object has no attribute 'cost'
"""
OTHER = """\
Traceback (most recent call last):
  File "/srv/shop/mail.py", line 2, in send
    raise OSError("no route to the mail host")
OSError: no route to the mail host
"""


def shop(folder: Path) -> Built:
    """Six commits, an hour apart up to now: tags v1.0 at the second and v1.1 at the fourth; the last one is bad."""
    now = int(time.time())
    changes: list[Change] = [
        {"files": {"shop/cart.py": CART.format(GOOD), "readme": "shop\n"}, "message": "shop"},
        {"files": {"shop/mail.py": "def send(text):\n    raise OSError(text)\n"}, "message": "mail"},
        {"files": {"readme": "the shop\n"}, "message": "readme"},
        {"files": {"shop/tax.py": "RATE = 19\n"}, "message": "tax"},
        {"files": {"shop/tax.py": "RATE = 7\n"}, "message": "lower rate"},
        {"files": {"shop/cart.py": CART.format(BAD)}, "message": "cost instead of price"},
    ]
    for number, change in enumerate(changes):
        change["at"] = now - 3600 * (len(changes) - number) + 1800
    built = build(folder, changes, name="shop-repository")
    git(built.path, "tag", "v1.0", built.shas[1])
    git(built.path, "tag", "v1.1", built.shas[3])
    return built
