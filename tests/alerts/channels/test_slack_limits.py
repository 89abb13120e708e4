"""Whatever a message says, Slack shows it as text and finds no limit broken."""

import re
from dataclasses import replace
from json import dumps

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from alerts.channels.clean import cleaned, clipped, is_link, one_line
from alerts.channels.slack_blocks import blocks, layouts, line, line_layouts, text
from alerts.channels.slack_markup import escaped, linked, quoted
from domain.message import Table
from tests.alerts.channels.messages import DIGEST, FIRING, HOSTILE, hostile_messages, hostile_text
from tests.stand_ins.slack_limits import CHART, block_errors, chart_texts, is_too_long, markup_left, texts

ENTITY = re.compile(r"&(amp|lt|gt);")


@settings(max_examples=100, deadline=None)
@given(message=hostile_messages, button=st.booleans())
def test_no_limit_is_broken(message, button) -> None:
    for made in (*layouts(message, button=button), *line_layouts(message, button=button)):
        assert [] == block_errors(made)
        assert not is_too_long(made)

    assert 1 <= len(text(message)) <= 4000
    assert 1 <= len(line(message)) <= 500


@settings(max_examples=100, deadline=None)
@given(message=hostile_messages, button=st.booleans())
def test_slacks_own_models_agree(message, button) -> None:
    """They know no charts; what they know they write as we do, and find no limit broken."""
    for made in (*layouts(message, button=button), *line_layouts(message, button=button)):
        known = [block for block in made if block["type"] != CHART]
        assert known == [Block.parse(block).to_dict() for block in known]


@settings(max_examples=50, deadline=None)
@given(message=hostile_messages, button=st.booleans())
def test_what_asks_and_where_it_comes_from_are_never_left_out(message, button) -> None:
    made = [block["type"] for block in blocks(message, button=button)]

    assert (1, "context") == (made.count("context"), made[-1])
    assert ("actions" in made) <= button


@settings(max_examples=100, deadline=None)
@given(message=hostile_messages)
def test_nothing_becomes_a_mention_or_a_link_that_was_none(message) -> None:
    every = [block for made in (*layouts(message, button=True), *line_layouts(message, button=True)) for block in made]
    shown = [*texts(every), text(message), line(message)]
    ours = {trace.url for trace in message.worst_traces} | {link.url for link in message.links}
    found = {url for words in shown for url in re.findall(r"<(https?://[^\s<>|]+)\|", words)}

    assert {""} == {markup_left(words) for words in shown}
    assert not [words for words in chart_texts(every) if "<" in words or ">" in words]
    assert set() == {url.replace("&amp;", "&").replace("%60", "`") for url in found} - {
        (url or "").replace("%60", "`") for url in ours
    }


def test_the_most_important_comes_first_and_survives_a_flood() -> None:
    made = blocks(HOSTILE)

    assert ["header", "section", "section", "section"] == [block["type"] for block in made[:4]]
    assert "Worst traces" in made[3]["text"]["text"]
    assert len(dumps(made, ensure_ascii=False)) <= 12_000


def test_an_ordinary_page_and_digest_lose_nothing() -> None:
    assert ["header", "section", "section", "section", "section", "context"] == _types(FIRING)
    assert ["header", "table", "context"] == [kind for kind in _types(DIGEST) if kind != "section"]


@given(words=st.text(max_size=40), columns=st.integers(0, 25), rows=st.integers(0, 120))
@settings(max_examples=40, deadline=None)
def test_tables_of_any_shape_fit(words, columns, rows) -> None:
    table = Table(words, (words,) * columns, ((words,) * columns,) * rows)
    made = blocks(replace(DIGEST, tables=(table, table)))

    assert [] == block_errors(made)
    assert not is_too_long(made)


@given(words=hostile_text, limit=st.integers(1, 200))
def test_escaped_text_is_within_its_limit_and_ends_with_whole_entities(words, limit) -> None:
    made = escaped(words, limit)

    assert len(made) <= limit
    assert "" == re.sub("[^&<>]", "", ENTITY.sub("", made))


@given(words=hostile_text, limit=st.integers(4, 200))
def test_quoted_text_cannot_close_its_quotes(words, limit) -> None:
    made = quoted(words, limit)

    assert (2, "`", "`") == (made.count("`"), made[0], made[-1])
    assert len(made) <= limit
    assert "\n" not in made


@given(words=hostile_text)
def test_cleaning_twice_changes_nothing(words) -> None:
    assert cleaned(words) == cleaned(cleaned(words))
    assert one_line(words) == one_line(one_line(words))
    assert "" == re.sub("[^\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", "", cleaned(words))
    assert one_line(words).encode().decode() == one_line(words)


@given(words=st.text(), limit=st.integers(1, 20))
def test_clipping_keeps_short_text_and_marks_long_text(words, limit) -> None:
    made = clipped(words, limit)

    assert len(made) <= limit
    assert made == words or made.endswith("…")


@given(url=hostile_text | hostile_text.map(lambda words: f"https://{words}"), label=hostile_text)
def test_a_link_is_a_web_link_or_none(url, label) -> None:
    assert is_link(url) is linked(url, label).startswith("<")
    assert "" == markup_left(linked(url, label))


def _types(message) -> list[str]:
    return [block["type"] for block in blocks(message)]
