"""Reading requests as columns, with what came of judging them and what their users said."""

from typing import Any

from sqlalchemy import Connection, Select, select

from adapters.store.columns import facts_from_rows
from adapters.store.tables import FEEDBACK, JUDGEMENT, REQUEST, inside
from domain.facts import Facts
from domain.measurement import Labels
from domain.window import Window

_OF_A_JUDGEMENT = ("trace_id", "criterion", "outcome", "value", "rate", "cost_nano_usd")
IN_ORDER = (REQUEST.c.ended_us, REQUEST.c.trace_id)


def read_facts(
    connection: Connection, application: str, window: Window, *, named: Labels = (), only_judged: bool = False
) -> Facts:
    """Return the requests that ended in *window*, with their judgements and thumbs, as columns.

    Args:
        named: Names of labels that somebody asks for: they are never among the OTHER.
    """
    judged = (
        select(*(JUDGEMENT.c[name] for name in _OF_A_JUDGEMENT))
        .where(*inside(JUDGEMENT.c.ended_us, application, window))
        .order_by(JUDGEMENT.c.judged_us, JUDGEMENT.c.version)  # the newest counts
    )
    here = select(REQUEST.c.trace_id).where(*inside(REQUEST.c.ended_us, application, window))
    thumbs = (
        select(FEEDBACK.c.trace_id, FEEDBACK.c.positive)
        .where(FEEDBACK.c.application == application, FEEDBACK.c.trace_id.in_(here))
        .order_by(FEEDBACK.c.given_us, FEEDBACK.c.id)  # people change their minds: the last counts
    )
    requests = select(REQUEST).where(*inside(REQUEST.c.ended_us, application, window)).order_by(*IN_ORDER)
    if only_judged:
        chosen = select(JUDGEMENT.c.ended_us, JUDGEMENT.c.trace_id).distinct()
        chosen = chosen.where(*inside(JUDGEMENT.c.ended_us, application, window))
        of = chosen.subquery()
        requests = requests.join(of, (REQUEST.c.ended_us == of.c.ended_us) & (REQUEST.c.trace_id == of.c.trace_id))
    return facts_from_rows(
        _plain_rows(connection, requests),
        connection.execute(judged).all(),
        connection.execute(thumbs).all(),
        named,
    )


def _plain_rows(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Return rows as the driver gives them: to wrap each would take as long as to read it."""
    cursor = connection.execute(query).cursor
    return [] if cursor is None else list(cursor.fetchall())
