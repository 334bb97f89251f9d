"""How a sentence names a place in the code, and what a commit did there."""

from tools.impact.commit_facts import Contact
from tools.impact.frame_site import FrameSite


def line_of(frame: FrameSite) -> str:
    """The frame's line: "shop/cart.py:10 in `total`"."""
    inside = f" in `{frame.function}`" if frame.function else ""
    if not frame.exact:
        return f"{frame.path}{inside}"
    return f"{frame.path}:{frame.line}{inside}{_printed(frame)}"


def place_of(frame: FrameSite) -> str:
    """The frame's line without its function: "shop/cart.py:10"."""
    return f"{frame.path}:{frame.line}{_printed(frame)}"


def _printed(frame: FrameSite) -> str:
    return f" (line {frame.printed} of another build)" if frame.printed else ""


def function_of(frame: FrameSite) -> str:
    """The frame's function: "`Cart.total` (shop/cart.py:8)"."""
    name = f"{frame.owner}.{frame.function}" if frame.owner and frame.function else frame.function or "the code"
    return f"`{name}` ({frame.path}:{frame.start})"


def verb_of(contact: Contact) -> str:
    """What the commit did inside the frame's function: added, removed or changed code."""
    if contact.added and contact.removed:
        return "changed"
    return "added" if contact.added else "removed"
