"""Senders of a known form whose end has no word that counts elsewhere: a number, a word that a program may use as well."""

from collections.abc import Mapping

from service.intake.field_search import FieldSearch
from service.intake.names import folded


def is_over(fields: FieldSearch) -> bool:
    """Whether Uptime Kuma says that a monitor is up, or Splunk On-Call that an entity has recovered."""
    top = _at_top(fields)
    heartbeat = top.get("heartbeat")
    if isinstance(heartbeat, Mapping) and "monitor" in top:
        told = {folded(str(name)): value for name, value in heartbeat.items()}
        return "monitorid" in told and str(told.get("status")) == "1"
    return bool(entity_of(fields)) and str(top["messagetype"]).strip().upper() == "RECOVERY"


def entity_of(fields: FieldSearch) -> str:
    """What an alert of Splunk On-Call is known by until it has recovered; "" for any other body."""
    top = _at_top(fields)
    entity = top.get("entityid")
    return entity.strip() if isinstance(entity, str) and isinstance(top.get("messagetype"), str) else ""


def _at_top(fields: FieldSearch) -> dict[str, object]:
    """What the body itself says, and nothing that lies in it: that may be a stranger's."""
    return {field.name: field.value for field in fields.every() if not field.path}
