"""`goodput alerts ack`, `silence` and `unsilence`: what an operator says to the alert engine."""

import getpass
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from adapters.settings import read_settings
from adapters.store import Store
from alerts.words import about
from deployments.command_line.signals import read_where
from deployments.command_line.stored import stored
from deployments.command_line.tables import terminal
from domain.duration import parse_duration
from domain.errors import ConfigError
from domain.incident import Incident, Taking
from domain.measurement import labels
from domain.silence import EVERY, RULE, SEVERITY, Silence
from domain.window import utc
from flows.configuration import Configured, application_names
from flows.services import clock
from flows.taking import take


def acknowledge(name: str, rule: str | None, by: str | None, comment: str) -> int:
    """Take the open incidents of an application in which *rule* fires; 1 if none was waiting for it.

    The message about it leaves with the next run of watch-requests.
    """
    with stored(name) as opened:
        (one,) = opened.applications
        found = [
            incident
            for incident in opened.store.alerts.incidents(name)
            if rule is None or rule in {member.rule for member in incident.members}
        ]
        said = [_take(opened.store, one, incident, by or getpass.getuser(), comment) for incident in found]
    if not found:
        _say(f"{name}: no open incident{f' of {rule}' if rule else ''}")
    return int(not any(said))


def _take(store: Store, one: Configured, incident: Incident, by: str, comment: str) -> bool:
    """Take one incident and say so; False if somebody has it already."""
    taking = take(store, one.application, incident, by=by, at=clock(), comment=comment)
    words = incident_words(incident)
    _say(
        {
            Taking.FIRST: f"{by} has taken {words}",
            Taking.BEFORE: f"{words} was taken by {incident.acknowledged_by} before",
            Taking.OVER: f"{words} is over already",
        }[taking]
    )
    return taking is Taking.FIRST


def ask_for_silence(
    application: str,
    lasts: str,
    comment: str,
    *,
    rule: str | None,
    severity: str | None,
    where: Sequence[str],
    start: datetime | None,
    by: str | None,
) -> int:
    """Keep a silence.

    Raises:
        ConfigError: The application, the length, a label or the start makes no sense.
    """
    _refuse_unknown(application)
    starts = utc(start) if start is not None and start.tzinfo else clock()
    if start is not None and start.tzinfo is None:
        raise ConfigError(f"--from {start.isoformat()}: say the zone, such as {start.isoformat()}Z")
    said = {RULE: rule, SEVERITY: severity, **dict(read_where(where))}
    silence = Silence(
        id=secrets.token_hex(4),
        application=application,
        matchers=labels({name: pattern for name, pattern in said.items() if pattern is not None}),
        starts=starts,
        ends=starts + _length(lasts),
        by=by or getpass.getuser(),
        comment=comment,
    )
    with _store() as store:
        store.silences.add(silence)
    _say(f"{silence.id}: {silence_words(silence)}")
    return 0


def end_silence(silence_id: str) -> int:
    """End a silence now.

    Raises:
        ConfigError: There is no such silence.
    """
    now = clock()
    with _store() as store:
        silence = store.silences.end(silence_id, now)
    if silence is None:
        raise ConfigError(f"there is no silence {silence_id!r}; `goodput alerts list` shows those that are on")
    over = silence.ends <= now
    words = "was over already" if over else "is over now; what still fires is told at the next slot"
    _say(f"{silence_id} {words}")
    return 0


def silence_words(silence: Silence) -> str:
    """Say what a silence keeps quiet, how long, and why."""
    what = ", ".join(f"{name} {pattern}" for name, pattern in silence.matchers) or "everything"
    where = "all applications" if silence.application == EVERY else silence.application
    when = f"from {silence.starts:%-d %b %H:%M} to {silence.ends:%-d %b %H:%M} UTC"
    return f"{where}: {what} is silent {when} ({silence.by}: {silence.comment})"


def incident_words(incident: Incident) -> str:
    """Name an incident by its severity and what fires in it."""
    return f"{incident.severity}: " + ", ".join(f"{one.rule}{about(one.labels)}" for one in incident.members)


def _refuse_unknown(application: str) -> None:
    names = application_names(read_settings().deployments_folder)
    if application not in {EVERY, *names}:
        raise ConfigError(f"there is no application {application!r}; there are: {', '.join(names) or 'none'}")


def _length(text: str) -> timedelta:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise ConfigError(f"--for {text}: {error}") from None
    if not length:
        raise ConfigError(f"--for {text}: that is no time at all")
    return length


@contextmanager
def _store() -> Iterator[Store]:
    store = Store.open(read_settings().database)
    try:
        yield store
    finally:
        store.close()


def _say(words: str) -> None:
    terminal.print(words, highlight=False, markup=False, soft_wrap=True)
