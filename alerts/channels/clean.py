"""Making text from strangers fit to print: nothing invisible, nothing too long, no links but web links."""

import re
from unicodedata import category

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_BREAKS = frozenset({"Zl", "Zp"})
_WEB_LINK = re.compile(r"https?://[^\s<>|]+")
_LONGEST_LINK = 2000


def cleaned(text: str) -> str:
    r"""Drop control, zero-width and bidirectional characters, and halves of characters; keep line ends.

    >>> cleaned("safe\u202e\u200b\x1b[31m\r\nend")
    'safe[31m\nend'
    """
    return text if text.isprintable() else "".join(_printable(character) for character in text)


def one_line(text: str) -> str:
    r"""Clean *text* and put it on one line.

    >>> one_line("  two\t\nlines ")
    'two lines'
    """
    return " ".join(cleaned(text).split())


def clipped(text: str, limit: int) -> str:
    """Shorten *text* to *limit* characters, the last of which says that something is missing.

    >>> clipped("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def is_link(url: str) -> bool:
    r"""Tell whether *url* is a web link that can be shown as it is; a clipped link would lead elsewhere.

    >>> [is_link(url) for url in ("https://a.example/?q=1", "javascript:alert(1)", "https://a|b", "http://a\n")]
    [True, False, False, False]
    """
    fits = len(url) <= _LONGEST_LINK and _WEB_LINK.fullmatch(url) is not None
    return fits and cleaned(url) == url


def _printable(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t" or category(character) in _BREAKS:
        return " "
    return "" if category(character) in _UNPRINTABLE else character
