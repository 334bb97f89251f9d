"""How a commit touches a place of the trace, and which words are worth looking for in it."""

import re
from collections.abc import Iterable

from tools.commits.diff_facts import RETURN, gives_nothing
from tools.commits.touched_lines import Touch, TouchedLine
from tools.impact.commit_facts import Contact
from tools.impact.failure_site import FailureSite, Place
from tools.text.identifiers import IDENTIFIER, identifiers


def vocabulary(scene: FailureSite) -> frozenset[str]:
    """The identifiers worth counting in a commit: those of the message, of the frames' lines, names and calls."""
    found = set(scene.message_words | scene.library_words)
    for place in scene.places:
        found |= place.line_words | place.calls | place.words | place.hop_words
        found |= {name for name in (place.function, place.owner, place.leads_to) if name}
    found.add(scene.exception)
    return frozenset(found)


_CONDITION = re.compile(
    r"^\s*(?:\}\s*)?(?:if|elif|elsif|else\s*if|elseif|unless|when|case|while|guard)\b|\?\?|\?:| if .* else "
)
_SETS = re.compile(
    r"^\s*(?:const |let |var |final )?[$@]?(?:this->|this\.|self\.|@)?([A-Za-z_$][\w$]*)"
    r"(?:\[[^\]\n]{1,80}\])*(?:\s*:[^=\n]{1,60})?\s*[-+|&]?:?=(?!=)"
)
_MOVED = 0.25  # the novelty of a line that stood elsewhere before (`tools.commits.line_novelty`)
_CALLS = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*)\s*\(")


def contact(place: Place, touch: Touch) -> Contact:
    """How `touch` meets `place`. Lines that say nothing new (comments, moves, re-wrapping) count for ownership only."""
    wrote = [row for row in touch.lines if row.added and row.survives and row.line == place.line]
    heads = [row for row in touch.lines if row.line == place.start and place.function and place.function in row.text]
    telling = [row for row in touch.lines if row.novelty >= 0.2]
    inside = [row for row in telling if place.start <= row.line <= place.end and not place.documents(row.line)]
    text = [row.text for row in inside]
    kept = sum(1 for row in touch.lines if row.survives and place.start <= row.line <= place.end)
    signed_in, signed_out = any(row.added for row in heads), any(not row.added for row in heads)
    return Contact(
        place=place,
        wrote_line=bool(wrote),
        line_novelty=max((row.novelty for row in wrote), default=0.0),
        near=_nearest(telling, place),
        near_inside=_nearest(inside, place),
        near_cut=_nearest([row for row in inside if not row.added], place),
        near_ran=_nearest([row for row in inside if row.line <= place.line], place),
        added=sum(1 for row in inside if row.added),
        removed=sum(1 for row in inside if not row.added),
        share=kept / max(place.end - place.start + 1, 1),
        opened_function=signed_in and not signed_out,
        changed_signature=signed_in and signed_out,
        created_file=touch.created,
        moved_file=touch.old_path not in (None, touch.path),
        words=frozenset(word for row in text for word in identifiers(row)),
        elsewhere=frozenset(
            word
            for row in telling
            if not place.start <= row.line <= place.end
            for word in IDENTIFIER.findall(row.text)
            if word in place.line_words or word in place.hop_words
        ),
        sets=frozenset(name for row in text for name in _SETS.findall(row)),
        conditions=sum(1 for row in text if _CONDITION.search(row)),
        returns=sum(1 for row in text if RETURN.match(row)),
        nothings=sum(1 for row in text if gives_nothing(row)),
        calls=frozenset(name for row in text for name in _CALLS.findall(row)),
        hit=_hit(place, inside, wrote),
    )


def _hit(place: Place, inside: Iterable[TouchedLine], wrote: Iterable[TouchedLine]) -> bool:
    """Whether something new stands on the place's line or just above it, or was cut there. A line that was moved here
    is the commit's, but what it says is not: new code beside it (the head of the moved statement) is no hit then."""
    moved = any(row.novelty <= _MOVED for row in wrote)
    near = [row for row in inside if row.novelty > _MOVED and 0 <= place.line - row.line <= 1]
    return any(not row.added or row.line == place.line or not moved for row in near)


def _nearest(rows: Iterable[TouchedLine], place: Place) -> int | None:
    return min((abs(row.line - place.line) for row in rows), default=None)
