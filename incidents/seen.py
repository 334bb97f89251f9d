"""How much of a failure could be seen: it bounds what a verdict may say."""

from typing import Literal

from incidents.frozen import Frozen

Visibility = Literal["code", "unconfirmed", "library", "message", "nothing"]
"""What there was to compare commits with: code of the repository where it failed; such code, but nothing that confirms
that the trace's lines are those of the deployed revision; only frames of other code, or files that could not be read;
only the words of a message; not even those."""


class Seen(Frozen):
    """What could be seen of one failure.

    `frames` counts the trace's distinct frames, `mapped` those that lie in a file of the repository, `read` those whose
    code could be read there. `confirmed`: the trace quotes source that is there, or at least half of its calls lead to the
    next frame. `words` counts the words of the message that may name something in code; without any, the definitions that
    the rest of the error's text names. `absent` counts the files that were asked for and whose content is not in this
    clone.
    """

    frames: int = 0
    mapped: int = 0
    read: int = 0
    confirmed: bool = False
    words: int = 0
    absent: int = 0

    @property
    def visibility(self) -> Visibility:
        """The most telling thing that could be seen."""
        if self.read:
            return "code" if self.confirmed else "unconfirmed"
        if self.frames:
            return "library"
        return "message" if self.words else "nothing"
