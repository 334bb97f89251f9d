"""Whether what a commit did could bring about this kind of error."""

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext, decay
from tools.impact.error_kind import Complaint


def removed_what_is_missing(outlook: SignalContext, change: Change) -> Signal | None:
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


def removed_missing_definition(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the error says that something is not there and the commit removed or renamed its definition."""
    if outlook.complaint not in (Complaint.MISSING, Complaint.ARGUMENTS):
        return None
    name = min(outlook.named & change.closed, default=None)
    if name is None:
        return None
    detail = f"removed or renamed the definition of `{name}`, which the error misses"
    return Signal(name="removed_missing_definition", value=1, detail=detail)


def removed_missing_key(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the error misses a key, setting, column or variable that the commit no longer sets."""
    if outlook.complaint not in (Complaint.LOOKUP, Complaint.MISSING):
        return None
    name = min(outlook.named & change.unassigned, default=None)
    if name is None:
        return None
    return Signal(name="removed_missing_key", value=1, detail=f"no longer sets `{name}`, which the error misses")


def nothing_from_callee(outlook: SignalContext, change: Change) -> Signal | None:
    """For an error about null or None: decay of the frame that had used a definition of another file, or of its own,
    in which the commit changed when null is returned."""
    if outlook.complaint is not Complaint.NOTHING:
        return None
    rows = [r for r in change.reached if r.hops == 1 and r.ran and r.nothings and r.known]
    best = min(rows, key=lambda r: r.place.depth, default=None)
    if best is None:
        return None
    value = decay(best.place.depth)
    name = f"{best.owner}.{best.name}" if best.owner else best.name
    detail = (
        f"changed when `{name}` ({best.path}:{best.line}) gives nothing; {best.place.path}:{best.place.line} uses it"
    )
    return Signal(name="nothing_from_callee", value=value, detail=detail)


def switched_setting(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose function names a setting that the commit changed in a configuration file."""
    for place in outlook.scene.places[:12]:
        named = (place.words | place.line_names) & change.settings
        if named:
            detail = f"changed the setting `{min(named)}`, which the code around {place.path}:{place.line} reads"
            return Signal(name="switched_setting", value=decay(place.depth), detail=detail)
    return None


def introduced_what_is_named(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit introduced a definition that the error names."""
    for name in sorted(outlook.named | outlook.scene.message_words):
        if name in change.opened:
            detail = f"introduced `{name}`, which the error names"
            return Signal(name="introduced_what_is_named", value=1, detail=detail)
    return None


def changed_signature_under_complaint(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the error is about arguments and the commit changed the signature of what it names or the frames use;
    0.3 when it is about types."""
    value = {Complaint.ARGUMENTS: 1.0, Complaint.TYPE: 0.3, Complaint.NOTHING: 0.3}.get(outlook.complaint, 0.0)
    name = min(change.resigned & (outlook.used_names | outlook.named), default=None)
    if name is None or not value:
        return None
    what = "arguments" if value == 1 else "types"
    detail = f"changed the signature of `{name}`, and the error is about {what}"
    return Signal(name="changed_signature_under_complaint", value=value, detail=detail)


def nothing_changed(outlook: SignalContext, change: Change) -> Signal | None:
    """For an error about null, None or undefined: share of the commit's lines that speak of it, full at 1 in 5. Of a
    commit that hits the failing line, only the lines in functions of the trace."""
    if outlook.complaint is not Complaint.NOTHING or not change.judged_nothings:
        return None
    value = min(1.0, 5 * change.judged_nothings / max(change.judged_lines, 1))
    lines = "a line" if change.nothings == 1 else f"{change.nothings} lines"
    detail = f"changed {lines} about null or optional values, and the error is about one"
    return Signal(name="nothing_changed", value=value, detail=detail)


def changed_raise_near(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the failing line raises on purpose and the commit touched that function."""
    places = outlook.scene.places
    if not places or not places[0].raises:
        return None
    for contact in change.contacts:
        if contact.place.depth == 0 and (contact.added or contact.removed):
            detail = f"changed `{places[0].function}`, which raises this error on purpose"
            return Signal(name="changed_raise_near", value=1, detail=detail)
    return None
