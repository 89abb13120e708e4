"""Where a PagerDuty incident leads: what to do first, then what to look at, then who decided."""

from alerts.channels.clean import is_link
from alerts.channels.pagerduty_words import line
from domain.message import Link, Message

_MOST_OWN, _MOST_TRACES = 6, 3
_LONGEST_TEXT = 100
_NO_URL = frozenset('"\\')  # RFC 3986 has neither, nor anything beyond ASCII
_OTHERS, _TRACES = 2, 3
_PLACES = {"runbook": 0, "dashboard": 1, "prefect": 4}


def links(message: Message) -> list[dict[str, str]]:
    """Return the links of an event, most useful first: runbook, dashboard, others, worst traces, Prefect flow run.

    Only https: a page in the company's own network says nothing to a phone, and PagerDuty asks for https elsewhere.
    """
    own = sorted((one for one in message.links if fits(one.url, "https://")), key=_place)
    traced = [trace.url for trace in message.worst_traces if trace.url is not None and fits(trace.url, "https://")]
    worst = [Link(f"Worst trace {number}", url) for number, url in enumerate(traced[:_MOST_TRACES], start=1)]
    before = [one for one in own if _place(one) < _TRACES][:_MOST_OWN]
    after = [one for one in own if _place(one) > _TRACES][:1]
    return [{"href": one.url, "text": line(one.text, _LONGEST_TEXT)} for one in (*before, *worst, *after)]


def fits(url: str, scheme: str = "http") -> bool:
    r"""Tell whether *url* can be shown as it is, and is as long in JSON as it is here.

    >>> [fits(url) for url in ("https://a.example", 'https://a.example/"', "https://\U0001f600.example")]
    [True, False, False]
    """
    return url.startswith(scheme) and url.isascii() and is_link(url) and not _NO_URL & set(url)


def _place(link: Link) -> int:
    words = line(link.text).casefold().split()
    return _PLACES.get(words[0], _OTHERS)
