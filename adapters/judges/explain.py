"""Saying what is wrong with a reply without repeating what it said."""

from pydantic import ValidationError


def explain(error: ValidationError) -> str:
    """Say where a reply is wrong; a field that nobody asked for has a name that the model made up: it is not named."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) if first["type"] != "extra_forbidden" else ""
    return f"{place}: {first['msg']}" if place else str(first["msg"])
