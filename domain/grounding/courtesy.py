"""Recognising sentences that say nothing about the world: greetings, thanks, offers, questions, headings."""

import re

from domain.grounding.words import content_stems

_I_AM = r"(?:i(?:'m|\ am|'d\ be|\ would\ be)|we(?:'re|\ are|'d\ be|\ would\ be)|always)?"
_THANKS = r"(?:many\ )?thank(?:s|\ you)\b|you(?:'re|\ are)\ (?:very\ )?welcome"
_SORRY = rf"{_I_AM}\s?(?:so\ |very\ )?sorry\b|my\ apologies\b|i\ (?:do\ )?apologi[sz]e\b|unfortunately,?\ i\b"
_INVITING = r"(?:let\ (?:me|us)\ know|feel\ free|reach\ out|(?:don't|do\ not)\ hesitate)"
_OPENINGS = re.compile(
    rf"""^[\s\W]*(?:(?:yes|no|sure|ok|okay|of\ course|certainly|absolutely|great|good)\b[\s,!.]*)?(?:
    (?:hello|hi|hey|dear|welcome|good\ (?:morning|afternoon|evening|question))\b
    |{_THANKS}
    |{_SORRY}
    |(?:please\ |just\ |and\ |or\ )*{_INVITING}
    |(?:i|we)\ hope\b|hope\ (?:this|that)|hopefully\b
    |{_I_AM}\s?(?:happy|glad)\ to\b
    |if\ (?:you\ have|there\ (?:is|are)|you\ need|you(?:\ would|'d)?\ (?:like|want))\ (?:any|more|other|some)
    |if\ (?:anything|something|any\ of\ this)\ is\ (?:still\ )?(?:unclear|not\ clear)
    |if\ your\ (?:situation|case|question)\ is\ (?:different|not)
    |(?:is|was)\ there\ anything|would\ you\ like|do\ you\ (?:want|need)|can\ you\ (?:tell|share|give|send)
    |(?:i|we)\ (?:can|could|will|'ll)\ (?:gladly|happily)
    |here(?:'s|\ is|\ are)\ (?:what|how|the|a|an|some|your)\b[^.]*$
    |have\ a\ (?:nice|great|good|lovely)
    |(?:our|the|this)\ (?:assistant|service|system|chat)\ is\ (?:\w+ly\ )?(?:not\ available|unavailable|down)
    |(?:please\ )?try\ again\b|something\ went\ wrong|an\ error\ (?:has\ )?occurred
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|(?:\*\*|__)[^*_]{1,60}(?:\*\*|__):?\s*$|[^.!?]{1,40}:\s*$)")


def is_courtesy(sentence: str) -> bool:
    """Tell whether *sentence* makes no claim; it is asked only for sentences without numbers and names.

    >>> is_courtesy("Let me know if that helps."), is_courtesy("Batteries are never covered.")
    (True, False)
    """
    text = sentence.replace("\u2019", "'").strip()
    return (
        text.endswith("?")
        or _OPENINGS.match(text) is not None
        or _HEADING.match(text) is not None
        or not content_stems(text)
    )
