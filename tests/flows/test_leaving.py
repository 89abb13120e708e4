"""Cells of the Prefect UI are Markdown: whatever a stranger writes must show as what it is, and do nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.leaving import cell

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def kinds(shown: str) -> set[str]:
    tokens = MARKDOWN.parse(shown)
    return {one.type for one in tokens} | {child.type for one in tokens for child in one.children or ()}


def read(shown: str) -> str:
    return "".join(child.content for one in MARKDOWN.parse(shown) for child in one.children or ())


@given(text=st.text(alphabet=st.sampled_from("ab 1.)-+*_~`[]()<>!#|:/@\\\n\t&;=") | st.characters(), max_size=60))
@example("[pay](https://evil.example)")
@example("![x](https://evil.example/a.png)")
@example("<img src=x onerror=alert(1)>")
@example("1. one")
@example("---")
@example("    code")
@example("=")
@example("__0__")
def test_any_text_is_nothing_but_text(text):
    shown = cell(text)

    assert kinds(shown) <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "5 % of *all*",
        "a_b and _c_",
        "support-bot",
        "1) first",
        "12 of 40: 30.0 %, limit 5.0 %",
        "x | y",
        "a ~~b~~",
    ],
)
def test_what_is_shown_is_what_was_said(text):
    assert text == read(cell(text))


@pytest.mark.parametrize("text", ["see https://evil.example now", "mail me@evil.example", "www.evil.example"])
def test_an_address_in_a_text_is_no_link(text):
    shown = cell(text)

    assert text not in shown
    assert text == shown.replace("\u200b", "")


def test_a_trace_stays_a_link_and_a_number_a_number():
    assert ["https://langfuse.example/project/p/traces/t", 7, None] == [
        cell(one) for one in ("https://langfuse.example/project/p/traces/t", 7, None)
    ]


def test_a_megabyte_is_clipped():
    assert len(cell("*" * 1_000_000)) <= 2_100
