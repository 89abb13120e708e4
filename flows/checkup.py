"""Asking everything that an application depends on whether it would work, without telling or changing anything."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from domain.errors import ConfigError, GoodputError, TransientError
from flows.deliver_messages import open_post
from flows.services import Services, open_services

_DEADLINE_S = 45.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one question.

    Attributes:
        item: What was asked about.
        is_well: None where it could not be asked now.
        said: What the service says of itself, or what to mend.
    """

    item: str
    is_well: bool | None
    said: str


async def check_application(application: str) -> AsyncIterator[Checked]:
    """Ask the source of traces and every channel of *application*; what is wrong with one hides no other."""
    try:
        async with open_services(application) as services:
            yield await _asked("source of traces", partial(_source, services))
    except ConfigError as error:
        yield Checked("settings", is_well=False, said=str(error))
    with suppress(ConfigError):  # said above
        async with open_post(application) as post:
            for name, channel in post.channels.items():
                yield await _asked(f"channel {name}", partial(asyncio.to_thread, channel.check))


async def _source(services: Services) -> str:
    found = await services.source.check()
    return f"{found.name}, takes {'scores' if found.accepts_scores else 'no scores'}"


async def _asked(item: str, ask: Callable[[], Awaitable[str]]) -> Checked:
    try:
        return Checked(item, is_well=True, said=await asyncio.wait_for(ask(), _DEADLINE_S))
    except TimeoutError:
        return Checked(item, is_well=None, said=f"no answer within {_DEADLINE_S:g} s")
    except TransientError as error:
        return Checked(item, is_well=None, said=str(error))
    except GoodputError as error:
        return Checked(item, is_well=False, said=str(error))
