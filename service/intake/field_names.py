"""The names under which most senders say what they say, for bodies of no known form: one table a meaning.

A name is made of a thing and what is said of it: `{monitor,check}_{name,title}` are four names, those of the first thing
first. `*at` is every name that ends so. Of the same depth the first name in a table counts.
"""

import re
from collections.abc import Iterator

from service.intake.labels import APPLICATION, SERVICE, WORKLOAD

_CHOICE = re.compile(r"\{([\w,]+)\}")


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for each in listed.split() for name in _each_of(each))


def _each_of(pattern: str) -> Iterator[str]:
    """The names of a pattern; a choice may also be of nothing."""
    found = _CHOICE.search(pattern)
    if found is None:
        yield pattern
        return
    for choice in found[1].split(","):
        yield from _each_of(pattern[: found.start()] + choice + pattern[found.end() :])


TITLE = _names("""
    title summary headline subject {alert,incident,event,message,problem,issue,notification}_{title,summary,subject,headline}
    message msg {short,alert,event}_message result_description short_description description text body detail details reason event
    *title *summary *headline *subject *message *msg *description
    *{failure,fail,failed,error,exit,status,state,down,alert,incident}_reason *details trigger problem
    {check,service,plugin,host}_output *output
""")
"""What says in words what happened."""
CALLED = _names("""
    info alert_name alert {trigger,check,monitor}_name monitor_friendly_name alert_rule_name rule_name alert_rule
    {incident,issue,search,event}_name *rule_name *rule_title *alert_name name root_cause m mt
""")
"""What it is called."""
TITLES = (*TITLE, *CALLED)
CONTENT = ("content", "*content")
"""What it says, where nothing else does."""
SERVICE_NAMES = (
    *("service", "service.name", "service_name", *SERVICE, *APPLICATION),
    *_names("{service,application,app,component}_{slug,label,title,display_name} service_id component"),
    *("project_slug", "project_name", "project", *WORKLOAD, "subsystem", "system", "monitor", "site", "workflow"),
    *_names("""
        pipeline {monitor,check,site,workflow,flow,pipeline,task,job,test,dag,workspace,deployment,element}_{name,slug,label,title}
        {monitor,check,site,workflow,flow,pipeline,task,job,test,dag,workspace,deployment}_{display_name,friendly_name,alias}
        {affected,impacted}_{services,service,components,entity_names,entity,entities,resources} dag_id *function_arn
        services service_names load_balancer_name program syslog_identifier *entity_name *entity_label *entity *service_name
        *workflow_{name,title} *wf_{title,name} resource_name resource configuration_items cmdb_ci target service_desc
        service_description project_id
    """),
)
"""What an alert is about: that which was built and deployed before that which is watched."""
WATCHED = ("check", "source", "sender", "item_name", "*object_name")
"""Who sends, or what of any kind is watched: the service where these are names and nothing else names it."""
AT = _names("""
    started_at start_time starts_at start first_seen {triggered,fired,occurred,opened}_at first_occurrence down_at
    *{started,occurred,fired,triggered,detected,raised,opened,failed,violated,breached}_{at,on,time}
    *{started,occurred,fired,triggered,detected,raised,opened,failed,violated,breached} *start *start_time *start_date
    created_at created {alert,event}_time timestamp time datetime date _time ts when time_unix_nano
    *{trigger,alert,event,incident}_{time_iso,time,date,datetime} *{created,received,recorded,reported}_at
    *timestamp *datetime *time *date *posix *epoch *epoch_second *time_iso *time_utc *timestamp_utc *utc_time
    last_seen updated_at *updated t
""")
"""When it began, before when it was told."""
AHEAD = ("expir", "enddate", "nextcheck", "nextrun", "validto", "notafter")
"""In the name of a time: it has not come yet."""
LATER = ("last", "updated", "end", "resolved", "closed", "recovered", "expire", "next", "modified")
LINK = _names("""
    link permalink permalinks_web {html,web,alert,incident,issue,event,error,details,detail,problem,session}_url
    alert_details url href link_to_search_results_ui link_to_search_results link_to_upstream_details results_link
    {dashboard,log,source}_url *link *url
""")
SEVERITY = _names("""
    severity_{string,label,name} *severity_{string,label,name} level_name severity_text severity priority level
    importance_level importance urgency criticality severity_level severity_levels log_level
    {alert,alarm,event,incident,trigger,problem,rule,error,exception}_{severity,priority,level} *severity *priority l
""")
DEDUP = _names("dedup_key dedupe_key deduplication_key fingerprint aggregation_key")
"""Keys that are made to tell alerts apart."""
ENDED_AT = _names("{resolved,recovered,closed,restored}_at {recovery,recovered,resolved,restored_alert}_time")
"""A time of these says that it is over, where nothing else tells the state."""
KEY = (
    *DEDUP,
    *_names("""
        {alert,incident}_key {alert,incident,issue,error,problem,group,fault,alarm,monitor,check,rule}_{id,uid,uuid}
        alert_group_id alias {event_definition,trigger,sensor,test,heartbeat,probe,outage,downtime}_{id,uid,uuid} display_id *_alert_id
    """),
)
"""Names of what lasts; an event's own id would make each of its alerts another."""
COUNT = _names(
    "count occurrences times_occurred total_occurrences {hit,result,match,event,occurrence,dedup,dedupe}_count"
)
PLATFORM = ("platform", "language", "runtime_name", "sdk_language")
STATE = _names("""
    notification_type state current_state alert_state status {alert,incident}_status event_action action alert_action
    transition alert_transition status_extended event_type alert_type type event trigger monitor_condition
    alert_type_friendly_name check_result new_health action_type {state,status}_change
    {event,trigger,problem,host,service,check,monitor,alarm,resolution,new,run,job,build}_{state,status}
""")
NEITHER = frozenset(
    _names("""
        acknowledgement acknowledged acknowledge ack snoozed muted ignored assigned commented deploy
        deployed downtime{start,end,cancelled} flapping{start,stop,disabled}
    """)
)
"""Words of what changes nothing."""
KINDS = ("event_type", "alert_type", "type", "event")
LEVELS = frozenset(("alert", "error", "problem", "critical", "warning"))
"""Words that say no state where they only tell what kind of body it is."""
_ANY = frozenset(_names("alert trigger triggered fired open opened reopened created active new"))
_BAD = frozenset(
    _names(
        "firing alerting down failed failing failure errored critical error problem unresolved warning degraded unhealthy offline"
    )
)
FIRING = _ANY | _BAD
TELLS_BAD = _BAD | {*_names("missed missing late overdue expiring exceeded")}
"""The words that tell of something bad by themselves."""
SAYS_NOTHING = frozenset(
    _names("""
        a an alert alerts alerting alarm an are been fired firing from has have in incident is issue new
        notification of problem system test the there this triggered warning was you your
    """)
)
"""Words that any alert may say of itself: a title of nothing else tells none from another."""
TEST = frozenset(("test", "ping", "verification"))
NO_PAGE = _names("""
    monitor check site request project account user owner actor sender repository image icon avatar logo
    callback runbook docs hook api ack unsubscribe target self snapshot edit notifier sdk library affected
""")
"""In the name of an address, or of what holds it: not a page about the alert."""
TRACES = _names("""
    stack_trace stacktrace traceback backtrace stack trace exc_info call_stack exception exceptions error x
    {error,exception,exc,err,throwable,thrown,fault,errors,exceptions}_{stack_trace,stack,traceback,backtrace,trace}
    extended_stack_trace step_array frames log logs raw output stderr
""")
ERROR_TYPES = _names("""
    {error,exception,exc,err,throwable,thrown,fault,errors,exceptions}_{type,class,class_name,klass,name,kind} klass
""")
ERROR_MESSAGES = _names("""
    {error,exception,exc,err,throwable,thrown,fault,errors,exceptions}_{message,value,description,text,msg,details}
    errmsg *error_message *error_msg *failure_message values_value {first,last}_error
""")
ERRORS = ("error", "exception", "err", "failure_reason", "cause")
"""Where an error says in one text what it is and what happened."""
SEVERAL = ("alerts", "incidents", "issues", "events", "problems", "errors", "records", "notifications")
"""What lists of alerts are called."""
