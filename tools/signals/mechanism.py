"""Whether what a commit did could bring about this kind of error."""

from incidents.evidence import Signal
from tools.changes import Change
from tools.complaint import Complaint
from tools.outlook import Outlook


def removed_what_is_missing(outlook: Outlook, change: Change) -> Signal | None:
    """1 when the error names something and the commit removed or renamed its definition; 0.6 when it only removed
    more mentions of it than it added."""
    for name in sorted(outlook.named):
        if name in change.closed:
            return Signal(
                name="removed_what_is_missing", value=1, detail=f"removed or renamed `{name}`, which the error names"
            )
    for name in sorted(outlook.named):
        if change.removed.get(name, 0) > change.added.get(name, 0):
            detail = f"removed code about `{name}`, which the error names"
            return Signal(name="removed_what_is_missing", value=0.6, detail=detail)
    return None


def introduced_what_is_named(outlook: Outlook, change: Change) -> Signal | None:
    """1 when the commit introduced a definition that the error names."""
    for name in sorted(outlook.named | outlook.scene.message_words):
        if name in change.opened:
            detail = f"introduced `{name}`, which the error names"
            return Signal(name="introduced_what_is_named", value=1, detail=detail)
    return None


def changed_signature_under_complaint(outlook: Outlook, change: Change) -> Signal | None:
    """1 when the error is about arguments or types and the commit changed the signature of something the frames use."""
    if outlook.complaint not in (Complaint.ARGUMENTS, Complaint.TYPE, Complaint.NOTHING):
        return None
    used = outlook.used_names | outlook.named
    for name in sorted(change.resigned & used):
        detail = f"changed the signature of `{name}`, and the error is about arguments"
        return Signal(name="changed_signature_under_complaint", value=1, detail=detail)
    return None


def nothing_changed(outlook: Outlook, change: Change) -> Signal | None:
    """For an error about null, None or undefined: share of the commit's lines that speak of it, full at 1 in 5."""
    if outlook.complaint is not Complaint.NOTHING or not change.nothings:
        return None
    value = min(1.0, 5 * change.nothings / max(change.code_lines, 1))
    detail = f"changed {change.nothings} lines about null or optional values, and the error is about one"
    return Signal(name="nothing_changed", value=value, detail=detail)


def changed_raise_near(outlook: Outlook, change: Change) -> Signal | None:
    """1 when the failing line raises on purpose and the commit touched that function."""
    places = outlook.scene.places
    if not places or not places[0].raises:
        return None
    for contact in change.contacts:
        if contact.place.depth == 0 and (contact.added or contact.removed):
            detail = f"changed `{places[0].function}`, which raises this error on purpose"
            return Signal(name="changed_raise_near", value=1, detail=detail)
    return None
