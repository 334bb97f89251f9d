"""The names under which most senders say what they say, for bodies of no known form. `*at` is every name that ends so."""

from service.intake.labels import APPLICATION, SERVICE, WORKLOAD


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


def _of_each(things: str, forms: str) -> tuple[str, ...]:
    """A name for each thing in each of the forms: `{}_name` of `monitor` is monitor_name. The first thing counts most."""
    return tuple(form.format(thing) for thing in things.split() for form in forms.split())


TITLE = (
    *_names("title summary headline subject"),
    *_of_each("alert incident event message problem issue notification", "{}_title {}_summary {}_subject {}_headline"),
    *_names(
        "message msg short_message alert_message event_message result_description description text body detail details"
    ),
    *_names(
        "reason event *title *summary *headline *subject *message *msg *description *reason *details trigger problem"
    ),
    *_names("check_output service_output plugin_output host_output *output"),
)
"""What says in words what happened."""
CALLED = _names("""
    info alert_name alert trigger_name check_name monitor_name monitor_friendly_name alert_rule_name rule_name alert_rule
    incident_name issue_name search_name event_name *rule_name *rule_title *alert_name name m mt
""")
"""What it is called."""
TITLES = (*TITLE, *CALLED)
CONTENT = ("content", "*content")
"""What it says, where nothing else does."""
_NAMED = "{}_name {}_slug {}_label {}_title {}_display_name {}_friendly_name"
SERVICE_NAMES = (
    *("service", "service.name", "service_name", *SERVICE, *APPLICATION),
    *_of_each("service application app component", "{}_slug {}_label {}_title {}_display_name"),
    *("service_id", "component", "project_slug", "project_name", "project", *WORKLOAD, "subsystem", "system"),
    *("monitor", "site", "workflow", "pipeline"),
    *_of_each("monitor check site workflow flow pipeline task job test dag", _NAMED),
    *_of_each(
        "affected impacted", "{}_services {}_service {}_components {}_entity_names {}_entity {}_entities {}_resources"
    ),
    *_names("dag_id *function_arn"),
    *_names("""
        services load_balancer_name program syslog_identifier *entity_name *entity_label *entity *service_name *workflow_name *workflow_title *wf_title
        *wf_name resource_name resource configuration_items target service_desc
        service_description project_id
    """),
)
"""What an alert is about: that which was built and deployed before that which is watched."""
_BEGUN = "started occurred fired triggered detected raised opened failed violated breached"
WATCHED = ("check", "source", "sender", "item_name", "*object_name")
"""Who sends, or what of any kind is watched: the service where these are names and nothing else names it."""
AT = (
    *_names(
        "started_at start_time starts_at start first_seen triggered_at fired_at occurred_at opened_at first_occurrence"
    ),
    *_names("down_at"),
    *_of_each(_BEGUN, "*{}_at *{}_on *{}_time *{}"),
    *_names(
        "*start *start_time *start_date created_at created alert_time event_time timestamp time datetime date _time ts"
    ),
    *_names("when time_unix_nano"),
    *_of_each("trigger alert event incident", "*{}_time *{}_date *{}_datetime"),
    *_names("*created_at *received_at *recorded_at *reported_at *timestamp *datetime *time *date *posix *epoch"),
    *_names("*epoch_second *time_iso *time_utc *utc_time last_seen updated_at *updated t"),
)
"""When it began, before when it was told."""
AHEAD = ("expir", "enddate", "nextcheck", "nextrun", "validto", "notafter")
"""In the name of a time: it has not come yet."""
LATER = ("last", "updated", "end", "resolved", "closed", "recovered", "expire", "next", "modified")
LINK = _names("""
    link permalink permalinks_web html_url web_url alert_url incident_url issue_url event_url error_url details_url
    detail_url problem_url session_url alert_details url href
    link_to_search_results_ui link_to_search_results link_to_upstream_details results_link dashboard_url log_url source_url *link
    *url
""")
SEVERITY = _names("""
    severity_string severity_label severity_name *severity_string *severity_label *severity_name
    level_name severity_text severity priority level importance_level importance urgency criticality severity_level log_level *severity
    *priority l
""")
DEDUP = _names("dedup_key dedupe_key deduplication_key fingerprint aggregation_key")
"""Keys that are made to tell alerts apart."""
_IDS = "{}_id {}_uid {}_uuid"
ENDED_AT = _names(
    "resolved_at recovered_at recovery_time recovered_time resolved_time closed_at restored_at restored_alert_time"
)
"""A time of these says that it is over, where nothing else tells the state."""
KEY = (
    *DEDUP,
    *("alert_key", "incident_key"),
    *_of_each("alert incident issue error problem group fault alarm monitor check rule alert_group", _IDS),
    *("alias",),
    *_of_each("event_definition trigger sensor test heartbeat probe", _IDS),
    "display_id",
)
"""Names of what lasts; an event's own id would make each of its alerts another."""
COUNT = (
    "count",
    "occurrences",
    "times_occurred",
    "total_occurrences",
    "hit_count",
    "result_count",
    "match_count",
    "event_count",
    "occurrence_count",
)
PLATFORM = ("platform", "language", "runtime_name", "sdk_language")
STATE = (
    *_names(
        "notification_type state current_state alert_state status alert_status incident_status event_action action"
    ),
    *_names("alert_action transition alert_transition status_extended event_type alert_type type event trigger"),
    *_names(
        "monitor_condition alert_type_friendly_name check_result new_health action_type state_change status_change"
    ),
    *_of_each("event trigger problem host service check monitor alarm resolution new", "{}_state {}_status"),
)
NEITHER = frozenset(
    _names("""
    acknowledgement acknowledged acknowledge ack unacknowledged snoozed muted ignored assigned commented deploy deployed
    downtimestart downtimeend downtimecancelled flappingstart flappingstop flappingdisabled
""")
)
"""Words of what changes nothing."""
KINDS = ("event_type", "alert_type", "type", "event")
LEVELS = frozenset(("alert", "error", "problem", "critical", "warning"))
"""Words that say no state where they only tell what kind of body it is."""
FIRING = frozenset(
    _names("""
    firing alerting alert triggered trigger fired down open opened reopened created failed failing failure
    critical error problem unresolved active new warning degraded unhealthy offline
""")
)
SAYS_NOTHING = frozenset(
    _names("""
    a an alert alerts alerting alarm an are been fired firing from has have in incident is issue new
    notification of problem system test the there this triggered warning was you your
""")
)
"""Words that any alert may say of itself: a title of nothing else tells none from another."""
TROUBLE = FIRING - frozenset(_names("alert trigger triggered fired open opened reopened created active new")) | {
    *_names("missed missing late overdue expiring exceeded")
}
"""Of those the words that tell of something bad by themselves."""
TEST = frozenset(("test", "ping", "verification"))
NO_PAGE = _names("""
    monitor check site request project account user owner actor sender repository image icon avatar logo
    callback runbook docs hook api ack unsubscribe target self snapshot edit notifier sdk library
""")
"""In the name of an address, or of what holds it: not a page about the alert."""
_THROWN = "error exception exc err throwable thrown fault errors exceptions"
TRACES = (
    *_names("stack_trace stacktrace traceback backtrace stack trace exc_info call_stack exception exceptions error x"),
    *_of_each(_THROWN, "{}_stack_trace {}_stack {}_traceback {}_backtrace {}_trace"),
    *_names("extended_stack_trace frames log logs raw output stderr"),
)
ERROR_TYPES = (*_of_each(_THROWN, "{}_type {}_class {}_class_name {}_klass {}_name {}_kind"), "klass")
ERROR_MESSAGES = (
    *_of_each(_THROWN, "{}_message {}_value {}_description {}_text {}_msg {}_details"),
    *_names("errmsg *error_message *error_msg *failure_message values_value"),
)
ERRORS = ("error", "exception", "err", "failure_reason", "cause")
"""Where an error says in one text what it is and what happened."""
SEVERAL = ("alerts", "incidents", "issues", "events", "problems", "errors", "records", "notifications")
"""What lists of alerts are called."""
