"""Where a message of several lines ends: the next line of the log begins a record of its own."""

import re

from tools.traces.unwrap.fences import fences

_RECORD = re.compile(
    r"\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\b[\]:]?(?:\s|:|$)"
    r"|\[?(?:\d\d)?\d\d[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\[?\d\d/[A-Z][a-z]{2}/\d{4}|(?:[A-Z][a-z]{2} [ \d]\d )?\d\d:\d\d:\d\d"
    r"|\s*\[?(?:\d{1,3}\.){3}\d{1,3}\b|\[pid: ?\d|\{\"|\w+=\S+ \w+=|[$#%>] \w|(?:trace|debug|info|warn|error|level)="
    r"|make(?:\[\d+\])?: \*\*\*|npm (?:ERR!|error)|[Pp]rocess (?:completed|exited|finished)|exit(?:ed)? (?:status|code|with)"
    r"|Exception in thread \"|Error: Process completed|Killed$|command terminated|##\[|\[[\w./-]{1,40}\] \S|[\w.@-]{1,80}\.service: \S"
    r"|\S{1,80} exited with (?:code|status)|[$#%>❯➜λ]\s*$|[❯➜] |\[\d{4}-\d\d-\d\d, \d\d:|Traceback \(most recent"
    r"|(?:END|REPORT) RequestId|\s*\[end of output\]|[-=_*#~]{10,200}\s*$|</?[a-z][\w-]{0,40}[ />]"
    r"|[\w.-]{1,40}@[\w.-]{1,60}[: ]\S{0,200} ?[$#](?: |$)|PS [A-Z]:\\|[A-Z]:\\[^<>|\n]{0,200}>"
    r"|\S.{0,60}\s(?:(?:Today|Yesterday) at )?\d{1,2}:\d\d ?[AP]M$|\S.{0,60} (?:Today|Yesterday) at \d{1,2}:\d\d$"
    r"|- - \[\d|unable to load app \d|\*\*\* |(?:Segmentation fault|Aborted|Terminated)\b(?: \(|$)|\[?Finished in \d|Exception ignored in: "
    r"|(?:srun|slurmstepd|wandb|uwsgi): |Error in sys\.excepthook|Closing remaining open files|error Command failed|Restarting\b"
    r"|Failed to execute script |\S.{0,40}(?:\s\s|\s[—–]\s)\d{1,2}:\d\d$|\[\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?,? \d{1,2}:\d\d"
)
_LEVEL = re.compile(
    r"(?:(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL ERROR(?=:)|FATAL|CRITICAL|SEVERE)(?:\s?[:-])?"
    r"|\[(?i:trace|debug|info|notice|warn|warning|error|fatal|crit|critical|alert|emerg)\])\s+(?:\d{1,9}#\d{1,9}: )?"
)


def begins_record(line: str) -> bool:
    """Whether this line is no part of the message above it: a level, a time, an address, JSON, a prompt, a fence."""
    return _RECORD.match(line) is not None or fences(line)


def without_level(line: str) -> str:
    """The line without the level that it begins with."""
    level = _LEVEL.match(line)
    return line[level.end() :] if level and line[level.end() :] else line
