"""Check a model's prose before a person reads it: prose may explain, it must never give instructions.

A commit message, a log line or a name in the code may have manipulated the model. What a person should do (the command,
the next step) is written by code; prose with commands, links, foreign commit ids or words addressed to the reader is
not shown. None of 484 sentences that a capable model wrote about real incidents is refused.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from tools.text.lazy_pattern import LazyPattern
from tools.text.visible import visible

_LONGEST: Final = 4_000
_SHELL: Final = "ba|z|da|k|c|tc|fi"
_ALONE: Final = "id|whoami|hostname|env|printenv|pwd|uname|date|ls|history|reboot|halt|poweroff"
"""What a shell runs without a word behind it: `$(whoami)` is a command, `$(window)` is jQuery."""
_COMMANDS: Final = tuple(
    LazyPattern(pattern)
    for pattern in (
        # text piped to, or run by, an interpreter
        rf"\|\s*(?:sudo\s+)?(?:(?:{_SHELL})?sh|python\d?|perl|ruby|node|php|iex|tee|xargs)\b",
        rf"\b(?:{_SHELL})?sh\s+-\w|/bin/\w+|\b(?:python\d?|perl|ruby|node|php)\s+-[cer]\b",
        r"\b(?:powershell|pwsh|cmd(?:\.exe)?)\s+[-/]|\b(?:iex|iwr|invoke-\w+|start-process)\b",
        # downloads, privileges, destructive commands
        r"\b(?:curl|wget|aria2c|certutil|nc|ncat|netcat|telnet|ssh|scp|sftp|rsync)\s+(?:-|\S*[/:@]|\S+\.\w)",
        r"\b(?:sudo|doas)\s+\S|\brm\s+-|\bch(?:mod|own)\s+\S|\bdd\s+if=|\bmkfs|\bkill(?:all)?\s+-|\bbase64\s+-",
        r"\bdrop\s+(?:table|database|schema|user|role)\b|\btruncate\s+table\b|\bdelete\s+from\b",
        # command line tools with a subcommand
        r"\bgit[\s-]++(?:(?<=[\s-]-)\S++\s++(?:-\S++\s++)*+)?"
        r"(?:push|revert|reset|checkout|switch|rebase|merge|commit|clone|pull|fetch|cherry-pick"
        r"|clean|rm|branch|tag|stash|config|remote|filter-\w+|am|apply|restore|update-\w+|gc|prune|submodule)\b",
        r"\b(?:kubectl|helm|oc|docker(?:-compose)?|podman|terraform|ansible|systemctl|npm|npx|yarn|pnpm|pip\d?|pipx|uv"
        r"|poetry|composer|bundle|gem|cargo|apt(?:-get)?|yum|dnf|brew|apk|aws|gcloud|az|heroku|gh|glab|make|redtide"
        r"|psql|mysql|mongosh|redis-cli|crontab|flux|argocd)\s+(?:-|(?:apply|delete|rollout|scale|exec|run|install"
        r"|uninstall|publish|add|remove|restart|stop|start|push|pull|rm|up|down|update|upgrade|set|patch|edit|drain"
        r"|destroy|rollback|revert|merge|release|auth|login|create|close|sync|flushall|config|s3|pr|deploy)\b)",
        r"(?<![\w-])--(?:force\S*|hard|no-verify|delete\S*|yes|privileged|insecure|no-check\S*|skip-\S+|disable-\S+)",
        r"\bexport\s+\w+=|\w-*+\.(?:sh|ps1|bat|exe)\b",
        r"\$\(\s*(?:\\|[^()\s]{0,200};|[\"'][^\"')]{1,80}[\"']\s+[-\w~/.$]|\w+=\S*\s|\$\w+\s+[-\w~/.$])|\$\{ifs\b|`\s*rm\s+\S",
        rf"\$\(\s*(?:(?:{_ALONE})\s*\)|<|[a-z][\w./-]*\s+[-\w/~$.\"'<|])",
        r"(?<![\w-])-(?:rf|fr)\b|>\s*/(?:dev|etc|tmp|root|home)\b|/etc/(?:passwd|shadow)|~/\.ssh",
    )
)
_ADDRESSES: Final = LazyPattern(
    r"\b[a-z][a-z0-9+.-]{1,20}:\s?//|\b(?:mailto|javascript|tel|sms):|\bwww\s?\.|\[\.\]|\(dot\)|\w dot (?:com|net)\b"
    r"|(?:\b[a-z0-9-]{1,63}|\.-{1,63})\.(?:com|net|org|xyz|ru|cn|info|biz|example|top|site|online|click|link)(?![\w.(-])"
    r"|(?:\b[a-z0-9-]{1,63}|\.-{1,63})\.(?:io|dev|app|gg|ly|me|co|sh|to|ai|in|de|uk|zip)/\w"
    r"|\b[a-z0-9-]{1,63}\.(?:com|net|org|xyz|ru|cn|biz)\.(?!\w)"
    r"|\b[a-z0-9-]{1,63}\.(?:co|com|org|ac|gov|net)\.(?:uk|nz|za|jp|kr|in|au|br)\b"
    r"|\b[a-z0-9-]{1,63}\.(?:page|cloud|tk|ml|ga|cf|gq|pw|cc|ws|tv|eu|fr|nl|pl|es|br|jp|ch|se|fi|dk|cz|tech|website|icu|vip|cfd|sbs"
    r"|lol|mobi|fun|rocks)/\w|(?<![:\w/])//(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}/|\w@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}\b(?!\()"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}[:/]\w|\]\(|<(?:[!@#]|https?:|(?:a|img|script|iframe)\b)"
)
_CALLS_ALL: Final = re.compile(r"(?<![\w.])@(?:here|channel|everyone|all|team)\b(?!/\w)|<`+@")
"""Refused as code, too: what shows the text may read its ticks in another way."""
_MENTION: Final = re.compile(r"(?<![\w.])@[a-z]")
_HEX: Final = re.compile(r"(?<![\w.])[0-9a-f]{7,40}(?![\w])")
_SHORT_HEX: Final = re.compile(r"\b(?:commit|sha|revision|rev|change)\s+#?([0-9a-f]{4,6})(?!\w)")
_SCOPED: Final = re.compile(
    r"(?<![\w`/.@<-])(@[a-z0-9][\w.-]{0,60}/[a-z0-9][\w.-]{0,80}(?:@[\w.^~*<>=-]{1,30})?)(?![\w`/@])"
)
_ANNOTATION: Final = re.compile(
    r"(?<![\w`/.@<-])(@(?!(?i:here|channel|everyone|all|team)\b)[A-Z]\w{2,60})(?![\w`/@.-]*[`@/])\b"
)
_INCIDENT: Final = re.compile(r"\binc-[a-z0-9]{2,20}\b")
# Words that are advice wherever they are a verb; after an article ("the revert of ...") they are a noun.
_ACTS: Final = (
    r"revert|roll\s?-?back|force\s?-?push|cherry\s?-?pick|re-?deploy|disable|deactivate|whitelist|allowlist|hotfix"
    r"|(?:turn|switch|shut)\s+(?:\S+\s+){0,4}(?:off|down)|take\s+(?:\S+\s+){0,4}(?:down|offline)|roll\s+(?:\S+\s+){1,4}back"
    r"|undo\s+(?:it|this|that|the|commit|everything|all)"
)
_ADVICE: Final = LazyPattern(
    rf"(?<!\bthe )(?<!\ba )(?<!\ban )(?<!\bthis )(?<!\bthat )(?<!\beach )(?<!\bno )(?<!\bany )(?<!`)\b(?:{_ACTS})\b(?!`)"
    r"|\b(?:reverting|rolling\s+back|undoing|disabling|force\s?-?pushing)\s+(?:it|this|that|the|commit|everything|all)\b"
)
# Verbs that also describe what code does: advice only at the beginning of a sentence or after "you", "please", ...
# Those that are nouns too ("Type annotations ...") also need an object.
_VERB: Final = (
    r"delete|restart|reboot|purge|wipe|kill|terminate|bypass|ignore|dismiss|silence|mute|suppress|snooze|approve|grant"
    r"|execute|paste|visit|click|browse|download|install|acknowledge|trust|blame|notify|escalate"
)
_NOUN_TOO: Final = (
    r"push|merge|deploy|ship|drop|stop|skip|run|type|copy|open|follow|upload|send|e-?mail|post|forward|contact|phone"
    r"|message|dm|tell|ask|pay|page|rotate|reset|allow|remove|close|resolve|answer|say|write|reply|name|apply|use|go|do"
    r"|make|give|enter|log|sign|reveal|print|report|set|change"
)
_OBJECT: Final = (
    r"the|this|that|these|those|it|them|all|any|every\w*|your|our|an?|me|us|commit|here|now|following|above|below|instead"
    r"|again|both|pr|pull"
)
_DONE: Final = (
    r"reverted|rolled\s+back|undone|disabled|turned\s+off|switched\s+off|merged|pushed|dismissed|blamed|redeployed|restarted"
    r"|whitelisted"
)
_DO: Final = (
    rf"(?:(?:{_VERB})\b(?![(:._=`'])|(?:{_NOUN_TOO})(?:\s++(?:up|out|down|off|in|on|back))?\s++(?:(?:{_OBJECT})\b|[`\"'$~./])"
    r"|(?:push|send|go|forward|upload|ship|merge|deploy)\s+(?:\w+\s+)?(?:to|into)\b)"
)
_ASKED: Final = LazyPattern(
    rf"(?:^|[.!?;:•]\s++|\n[^\S\n]*+|[-*>]\s++|[\"“”«»]\s*+)(?:(?:please|now|then|just|instead|first|simply|so),?[^\S\n]++)*{_DO}"
    r"|\b(?:please|you|we|engineers?|on-?call|operators?|admins?|everyone|somebody)\s++"
    rf"(?:(?:can|may|must|should|shall|need\s+to|have\s+to|ought\s+to|want\s+to|will|now|just|\w+ly)\s++)*{_DO}"
    rf"|\b(?:{_VERB}|{_NOUN_TOO})\s+(?:it|this|that)\s+(?:now|immediately|at\s+once|instead|first)\b"
    rf"|\b(?:should|must|needs?\s+to|ha(?:s|ve)\s+to|ought\s+to|can|may)\s+(?:\w+ly\s+)?be\s+(?:\w+ly\s+)?(?:{_DONE})\b"
    r"|\b(?:do\s+not|don'?t|never|no\s+need\s+to|safe\s+to|not\s+necessary\s+to)\s+(?:revert|roll|undo|worry|page|escalate"
    r"|investigate|ignore|merge|push|deploy|close|dismiss)\b"
    r"|\bfalse\s+(?:alarm|positive)\b|\bno\s+action\b|\bnothing\s+to\s+(?:do(?!\s+with)|see|fix)\b"
)
_LOOK_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
_TO_THE_MODEL: Final = LazyPattern(
    r"\b(?:ignore|disregard|forget|override)\s+(?:all|any|the|your|every|previous|prior|above|earlier)\b"
    r"|\bsystem\s+prompt\b|\bas\s+an?\s+ai\b|\blanguage\s+model\b|\b(?:new|previous|prior|these|your|following)\s+instructions?\b"
    r"|\b(?:human|assistant|system|user)\s*:|\bsystem\s+(?:note|message|override|notice)\b"
)


def quoted(text: str) -> str:
    """Return the text with the names of scoped packages (`@scope/name`) and of annotations (`@Transactional`) as code: in a
    chat such a name may call people."""
    parts = text.split("`")
    parts[::2] = [_ANNOTATION.sub(r"`\1`", _SCOPED.sub(r"`\1`", part)) for part in parts[::2]]
    return "`".join(parts)


def ids_in(text: str) -> list[str]:
    """Return what may be ids of commits in a text: at least seven hexadecimal digits, with a digit and a letter."""
    found = _HEX.findall(visible(text).casefold()[:_LONGEST])
    return [each for each in dict.fromkeys(found) if not each.isdigit() and any(map(str.isdigit, each))]


def refusal(text: str, ids: Collection[str]) -> str | None:
    """Return why a person must not see this text of a model ("a command", "an address", ...); None when it is safe.

    `ids` are the full commit ids of this incident and the incident's own id. Text is never repaired: prose with one
    such part may contain others in a form that these patterns do not know.
    """
    plain = unicodedata.normalize("NFKC", visible(text)).casefold()
    if len(plain) > _LONGEST:  # one letter may stand for eighteen, and what is not read is not shown
        return "more text than is read"
    if not plain.isascii() and _is_disguised(plain):
        return "letters of another alphabet"
    if any(pattern.compiled.search(plain) for pattern in _COMMANDS):
        return "a command"
    if _ADDRESSES.compiled.search(plain) or _calls_somebody(plain):
        return "an address"
    if not _known(plain, ids):
        return "an id that is not of this incident"
    if _ADVICE.compiled.search(plain) or _ASKED.compiled.search(plain):
        return "advice to act"
    return "words to a model" if _TO_THE_MODEL.compiled.search(plain) else None


def _calls_somebody(plain: str) -> bool:
    """Return whether a chat might call people: all of them, or by a name that does not stand in code."""
    parts = plain.split("`")
    outside = parts[::2] if len(parts) % 2 else [*parts[::2], parts[-1]]
    return _CALLS_ALL.search(plain) is not None or any(map(_MENTION.search, outside))


def _known(plain: str, ids: Collection[str]) -> bool:
    """Return whether every id in the text is the beginning of one of `ids`. Digits alone may be a number."""
    mixed = (each for each in (*_HEX.findall(plain), *_SHORT_HEX.findall(plain)) if not each.isdigit())
    named = [*(each for each in mixed if any(map(str.isdigit, each))), *_INCIDENT.findall(plain)]
    return all(any(known.casefold().startswith(each) for known in ids) for each in named)


def _is_disguised(plain: str) -> bool:
    """Return whether the text avoids these patterns by its alphabet.

    Either one word mixes alphabets (Cyrillic letters in a Latin word), or more than a quarter of the letters belong to
    a script that the patterns cannot read.
    """
    words = re.findall(r"[^\W\d_]+", plain)
    alphabets = [[_alphabet(letter) for letter in word] for word in words]
    if any(len(_LOOK_ALIKE.intersection(word)) > 1 for word in alphabets):
        return True
    letters = [each for word in alphabets for each in word]
    return sum(1 for each in letters if each != "LATIN") > len(letters) / 4


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
