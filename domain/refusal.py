"""Recognising answers that refuse, by how they open."""

import re

PATTERNS = "refusal-openings/1"
"""The version of the patterns: rates measured under another version are not comparable."""

_SORRY = (
    r"(?:i(?:'m|\ am)\ (?:so\ |very\ |really\ )?(?:sorry|afraid)|we(?:'re|\ are)\ sorry|sorry"
    r"|(?:my\ )?apologies|i\ (?:do\ )?apologi[sz]e|unfortunately|regrettably)"
)
_ABOUT_WHAT = r"(?:about\ that|for\ (?:any|the)\ (?:confusion|inconvenience))"
_PAUSE = r"[\s,.:;\u2014\u2013-]*+"
_AFTER_SORRY = rf"{_PAUSE}{_ABOUT_WHAT}?{_PAUSE}(?:but|that)?[\s,]*+"
_AS_AN_AI = r"(?:(?:as|being)\ an?\ (?:ai|artificial|assistant|language)[^,.]{0,40},\s*)?"
_NOT_ABLE = r"(?:not\ able|unable|not\ allowed|not\ permitted)\ to"
_CAN_NOT = rf"(?:\ can(?:not|'t|\ not)|\ won't|\ will\ not|(?:'m|\ am)\ {_NOT_ABLE})(?!\ only)"
_AGAINST = r"against\ (?:my|our)\ (?:policy|policies|guidelines|rules)"
_SERVE = r"(?:help|assist|comply|engage)\b(?!\ but\b)"
_DO = (
    rf"(?:{_SERVE}|(?:provide|share|give|disclose|discuss|create|write|generate|produce|reveal|answer)\b"
    r"|(?:do|support|fulfil+)\ (?:that|this|it|such)\b)"
)
_REFUSAL = re.compile(
    rf"""^[\s\W]*+(?:{_SORRY}{_AFTER_SORRY})?{_AS_AN_AI}
    (?:
      i{_CAN_NOT}\ (?:\w+ly\ )?{_DO}
      |(?:we\ )?(?:can(?:not|'t|\ not)|are\ {_NOT_ABLE})\ (?:help|assist|comply)\ (?:you\ )?with\b
      |i\ (?:don't|do\ not)\ feel\ comfortable\b
      |i\ (?:must\ |have\ to\ |respectfully\ |(?:'m\ |am\ )?going\ to\ (?:have\ to\ )?)*(?:decline|refuse)\b
      |(?:it|that|this)(?:'s|\ is|\ would\ be)\ (?:{_AGAINST}|not\ appropriate\ for\ me)
      |(?:this|that|your)\ request\ (?:violates|goes\ against|is\ against)
      |(?:that|this|it)(?:'s|\ is)\ not\ something\ i(?:\ can|'m\ able|\ am\ able)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = 400


def is_refusal(text: str) -> bool:
    """Tell whether *text* opens with a refusal.

    Only the opening counts, and only what the assistant will not do itself: "we cannot offer exchanges" is an
    answer. Silence of the context ("I could not find that") and outages are no refusals either.

    >>> is_refusal("I'm sorry, but I can't help with that."), is_refusal("Open items cannot come back.")
    (True, False)
    """
    plain = text[:_OPENING].replace("\u2019", "'").replace("*", "")
    return _REFUSAL.match(plain) is not None
