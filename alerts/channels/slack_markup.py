"""Writing text into Slack's markup so that it stays text.

Slack reads `&`, `<` and `>` as markup and nothing else can be escaped, so untrusted words go in backticks.
"""

import re
from datetime import UTC, datetime

from alerts.channels.clean import cleaned, is_link, one_line

_HALF_AN_ENTITY = re.compile(r"&(a|am|amp|l|lt|g|gt)?$")


def escaped(text: str, limit: int) -> str:
    """Escape *text* in at most *limit* characters, never cut inside an entity.

    >>> escaped("<!channel> & co", 100)
    '&lt;!channel&gt; &amp; co'
    >>> escaped("a & b", 6)
    'a …'
    """
    full = cleaned(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(full) <= limit:
        return full
    return _HALF_AN_ENTITY.sub("", full[: max(limit - 1, 0)]) + "…"


def quoted(text: str, limit: int) -> str:
    """Put *text* in backticks that it cannot close, on one line of at most *limit* characters.

    >>> quoted("use `rm` <!here>", 40)
    "`use 'rm' &lt;!here&gt;`"
    """
    words = one_line(text.replace("`", "'")) or "-"
    return f"`{escaped(words, limit - 2)}`"


def linked(url: str | None, label: str) -> str:
    """Show *label* as a link, or only quoted when *url* is not one that may be shown.

    >>> linked("https://a.example/?x=1&y=2", "Run|book")
    '<https://a.example/?x=1&amp;y=2|Run/book>'
    >>> linked("javascript:alert(1)", "Runbook")
    '`Runbook`'
    """
    if url is None or not is_link(url):
        return quoted(label, 80)
    words = escaped(one_line(label.replace("|", "/").replace("`", "'")) or "link", 75)
    return f"<{url.replace('&', '&amp;').replace('`', '%60')}|{words}>"


def moment(at: datetime) -> str:
    """Show a time in the reader's own zone, and in UTC where Slack cannot.

    >>> moment(datetime(2026, 11, 23, 7, 45, tzinfo=UTC))
    '<!date^1795419900^{date_short_pretty} {time}|2026-11-23 07:45 UTC>'
    """
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
