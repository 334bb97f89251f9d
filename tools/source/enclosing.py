"""What a line stands in: its function, class or constant by name."""

from tools.source.outline import Outline


def enclosing(outline: Outline | None, line: int) -> str:
    """The innermost definition around a line, with its class: `Cart.total`; empty at the top level of a file.

    Outside functions and classes it is the constant whose value goes on over several lines.
    """
    if outline is None:
        return ""
    around = outline.around(line)
    if not around:
        constant = outline.constant(line)
        return constant.name if constant and constant.start < line else ""
    inner, owner = around[0], around[0].owner
    return f"{owner}.{inner.name}" if owner else inner.name


def names_around(outline: Outline | None, line: int) -> set[str]:
    """The names of every definition around a line."""
    return {definition.name for definition in outline.around(line)} if outline is not None else set()
