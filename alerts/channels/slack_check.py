"""Asking Slack whether messages would arrive and how they would look, without telling anybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import dumps

from alerts.channels.clean import clipped, one_line
from alerts.channels.slack_answers import BLOCKS_REFUSED, SlackRefusal
from alerts.channels.slack_blocks import blocks
from alerts.channels.slack_calls import SlackCalls
from alerts.channels.slack_search import HISTORY
from domain.errors import PermanentError
from domain.message import Chart, Link, Message, MessageKind, Severity, Table, WorstTrace

_WRITE, _WRITE_ANYWHERE = "chat:write", "chat:write.public"
_NO_SUCH_METHOD = "unknown_method"
_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

SAMPLE = Message(
    key="goodput:check",
    kind=MessageKind.FIRING,
    severity=Severity.INFORMATIONAL,
    application="goodput",
    environment="check",
    rule="check",
    title="goodput: 2.5% of a sample fail",
    sentence="This is a sample of the layout; nobody is told.",
    facts=(("Now", "2.5%"), ("Limit", "1%")),
    worst_traces=(WorstTrace("4bf92f3577b34da6a3ce929d0e0e4736", "A sample"),),
    links=(Link("Prefect flow run", "https://example.com/runs/flow-run/1"),),
    tables=(Table("A table", ("Name", "Value"), (("one", "1"),)),),
    changes=("prompt version v42 serves since 07:41 UTC",),
    chart=Chart("Failures", "share", tuple((_AT + timedelta(minutes=n), n / 100) for n in range(3)), 0.01),
    at=_AT,
    since=_AT,
)
"""One message with everything in it that a message can have."""


def look(calls: SlackCalls, channel: str, *, button: bool) -> str:
    """Return in a few words what Slack says of the app, the channel and our layout.

    Raises:
        TransientError: Slack cannot be asked now.
        PermanentError: It would refuse; the message says what to mend.
    """
    who = calls.write("auth.test", {})
    scopes = calls.scopes
    if scopes is not None and _WRITE not in scopes:
        raise PermanentError(f"Slack: add the scope {_WRITE} to the app and install it again")
    may_write_anywhere = _WRITE_ANYWHERE in (scopes or ())
    notes = [
        _place(calls, channel, may_write_anywhere=may_write_anywhere),
        _history(scopes),
        _looks(calls, button=button),
    ]
    said = "; ".join(note for note in notes if note)
    return f"{_name(who.get('user'), 'an app')} of {_name(who.get('team'), 'a workspace')} writes to {said}"


def _place(calls: SlackCalls, channel: str, *, may_write_anywhere: bool) -> str:
    """Name the channel, if the app may look at it."""
    try:
        found = calls.read("conversations.info", {"channel": channel}).get("channel")
    except SlackRefusal as refusal:
        if refusal.code != "missing_scope":
            raise
        return f"{channel} (not looked at: that takes the scope channels:read, or groups:read if it is private)"
    about = found if isinstance(found, dict) else {}
    name = f"#{_name(about.get('name'), channel)} ({channel})"
    if about.get("is_archived") is True:
        raise PermanentError(f"Slack: {name} is archived; open it again, or name another channel")
    public = may_write_anywhere and about.get("is_private") is not True
    if about.get("is_member") is False and about.get("is_im") is not True and not public:
        raise PermanentError(f"Slack: invite the app to {name}")
    return name


def _history(scopes: frozenset[str] | None) -> str:
    if scopes is None or scopes & HISTORY:
        return ""
    return "may not look whether a message arrived, so that one may come twice: that takes the scope channels:history"


def _looks(calls: SlackCalls, *, button: bool) -> str:
    """Ask Slack to validate our layout: whole, then without the chart."""
    shown = f"an Acknowledge button{', which needs `goodput listen`'}" if button else ""
    for sample, lacking in ((SAMPLE, ""), (replace(SAMPLE, chart=None), "shows no charts")):
        try:
            calls.write("blocks.validate", {"blocks": dumps(blocks(sample, button=button))})
        except SlackRefusal as refusal:
            if refusal.code == _NO_SUCH_METHOD:
                return shown
            if refusal.code not in BLOCKS_REFUSED:
                raise
        else:
            return "; ".join(note for note in (lacking, shown) if note)
    return "shows plain words only: it refuses our layout"


def _name(said: object, otherwise: str) -> str:
    return clipped(one_line(said[:1000]), 60) or otherwise if isinstance(said, str) else otherwise
