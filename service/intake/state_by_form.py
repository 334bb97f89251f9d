"""Senders of a known form whose end has no word that counts elsewhere: a number, a word that a program may use as well."""

from collections.abc import Mapping

from service.intake.field_names import NEITHER
from service.intake.field_search import FieldSearch
from service.intake.names import folded
from service.intake.state_words import words_of

_HOST = ("host", "hostname")
_SERVICE = ("service", "servicedesc", "servicedescription", "servicename", "servicedisplayname")


def is_over(fields: FieldSearch) -> bool:
    """Whether Uptime Kuma says that a monitor is up, or Splunk On-Call that an entity has recovered."""
    return _beat(fields) == "1" or (bool(entity_of(fields)) and _word(fields) == "RECOVERY")


def is_quiet(fields: FieldSearch) -> bool:
    """Whether Uptime Kuma or Raygun says what somebody does about it, which is neither trouble nor its end."""
    return _beat(fields) == "3" or _is_looked_after(fields)


def _is_looked_after(fields: FieldSearch) -> bool:
    """Whether it is Raygun's word that somebody ignores an error."""
    top = _at_top(fields)
    error = top.get("error")
    status = error.get("status") if top.get("event") == "error_activity" and isinstance(error, Mapping) else None
    return isinstance(status, str) and not words_of(status).isdisjoint(NEITHER)


def _beat(fields: FieldSearch) -> str:
    """The number for a monitor's state in a body of Uptime Kuma; "" in any other."""
    top = _at_top(fields)
    heartbeat = top.get("heartbeat")
    if not isinstance(heartbeat, Mapping) or "monitor" not in top:
        return ""
    told = {folded(str(name)): value for name, value in heartbeat.items()}
    return str(told.get("status")) if "monitorid" in told else ""


def _word(fields: FieldSearch) -> str:
    return str(_at_top(fields)["messagetype"]).strip().upper()


def entity_of(fields: FieldSearch) -> str:
    """What an alert of Splunk On-Call is known by until it has recovered; "" for any other body."""
    top = _at_top(fields)
    entity = top.get("entityid")
    return entity.strip() if isinstance(entity, str) and isinstance(top.get("messagetype"), str) else ""


def checked_of(fields: FieldSearch) -> str:
    """The host, and the service on it, by which Nagios and its kin know a check (Icinga, Checkmk, Naemon); "" for any other body.

    Their ends say what is well now, in other words than those of the trouble.
    """
    top = {name: value.strip() for name, value in _at_top(fields).items() if isinstance(value, str)}
    if not any(top.get(name) for name in ("notificationtype", "servicestate", "hoststate")):
        return ""
    host, service = (next((top[name] for name in names if top.get(name)), "") for names in (_HOST, _SERVICE))
    return "/".join(filter(None, (host, service))) if host else ""


def _at_top(fields: FieldSearch) -> dict[str, object]:
    """What the body itself says, and nothing that lies in it: that may be a stranger's."""
    return {field.name: field.value for field in fields.every() if not field.path}
