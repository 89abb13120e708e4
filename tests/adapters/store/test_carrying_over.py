"""Alerts that fire while Goodput learns of incidents: nothing of what people were told is forgotten."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

import adapters.store
from adapters.store import Store
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.routing import Routing
from domain.alerting import Finding
from domain.facts import to_us
from domain.incident import Member
from domain.message import MessageKind, Severity
from tests.alerts.in_memory import Always, told
from tests.builders import CLEAR, MINUTE, NOON, TRUE, message

LABELS = (("feature", "returns"),)
KNOWN_AS = sha256(json.dumps([["feature", "returns"]]).encode()).hexdigest()[:16]
OLD_KEY = f"goodput:prod:shop:errors:{KNOWN_AS}:3"


def at_revision(url: str, revision: str, rows: list[tuple[str, dict]]) -> None:
    """Make a database as an older Goodput left it."""
    parsed = make_url(url)
    driver = "postgresql+psycopg" if parsed.get_backend_name() == "postgresql" else "sqlite"
    engine = create_engine(parsed.set(drivername=driver))
    config = Config()
    config.set_main_option("script_location", str(Path(adapters.store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for table, row in rows:
            marks = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"), row)
    engine.dispose()


def old_alert(state: str, announced: int) -> tuple[str, dict]:
    return "alert_instance", {
        "application": "shop", "rule": "errors", "labels": json.dumps(LABELS, separators=(",", ":")), "state": state,
        "since_us": to_us(NOON), "fired_us": to_us(NOON), "held_s": 0.0, "clear_s": 0.0, "episode": 3,
        "announced": announced, "last_slot_us": to_us(NOON), "last_truth": "true",
    }  # fmt: skip


def old_message(channel: str) -> tuple[str, dict]:
    said = message(OLD_KEY)
    payload = {"key": OLD_KEY, "kind": "firing", "severity": "page", "application": "shop", "environment": "prod",
               "rule": "errors", "title": said.title, "sentence": said.sentence, "at": NOON.isoformat()}  # fmt: skip
    return "outbox", {
        "id": channel, "application": "shop", "channel": channel, "key": OLD_KEY, "kind": "firing",
        "payload": json.dumps(payload), "status": "sent", "attempts": 1, "created_us": to_us(NOON), "not_before_us": 0,
        "first_tried_us": to_us(NOON), "sent_us": to_us(NOON),
    }  # fmt: skip


def decided(store: Store, *findings) -> list[tuple[MessageKind, str]]:
    """Decide the next slots and return what was written of kinds and keys."""
    slots = [NOON + (position + 1) * MINUTE for position in range(len(findings))]
    said = {slot: [finding] for slot, finding in zip(slots, findings, strict=True)}
    rule = told(said).model_copy(update={"severity": Severity.PAGE})
    book = Rulebook(rules=[rule], routes=Routing({Severity.PAGE: ["pager"]}))
    AlertDesk("shop", book, store.alerts).decide(slots, Always())
    return [(one.kind, one.key) for one in store.outbox.of("shop").written()]


def test_what_people_were_told_of_ends_under_the_key_by_which_they_know_it(empty_url):
    at_revision(empty_url, "0006", [old_alert("firing", 3), old_message("pager"), old_message("slack")])
    store = Store.open(empty_url)
    (before,) = store.alerts.incidents("shop")

    assert (OLD_KEY, ("pager", "slack"), (Member("errors", LABELS, 3),)) == (
        before.key,
        before.channels,
        before.members,
    )

    finding = Finding(labels=LABELS, truth=TRUE.truth, because="still so")
    said = decided(store, finding)
    assert (MessageKind.RESOLVED, OLD_KEY) in said
    new = [key for kind, key in said if kind is MessageKind.FIRING and key != OLD_KEY]
    assert 1 == len(new), "and what still fires is told as it is told now"

    over = Finding(labels=LABELS, truth=CLEAR.truth, clear=True, because="over")
    slots = NOON + timedelta(minutes=2)
    rule = told({slots: [over]}).model_copy(update={"severity": Severity.PAGE})
    AlertDesk("shop", Rulebook(rules=[rule], routes=Routing({Severity.PAGE: ["pager"]})), store.alerts).decide(
        [slots], Always()
    )
    assert [] == store.alerts.incidents("shop")
    store.close()


def test_what_nobody_was_told_of_makes_no_incident(empty_url):
    at_revision(empty_url, "0006", [old_alert("firing", 2)])
    store = Store.open(empty_url)

    assert [] == store.alerts.incidents("shop")
    store.close()


def test_what_was_pending_goes_on(empty_url):
    at_revision(empty_url, "0006", [old_alert("pending", 0)])
    store = Store.open(empty_url)
    (one,) = store.alerts.standing("shop").instances.values()

    assert (3, NOON) == (one.episode, one.seen_at)
    store.close()
