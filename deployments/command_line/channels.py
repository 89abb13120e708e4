"""`goodput test-channel` and `goodput doctor`: would people be told?"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.markup import escape

from adapters.settings import read_settings
from alerts.channels import Channel
from alerts.links import Links, links_of
from alerts.rehearsal import Rehearsed, rehearsal
from deployments.command_line.tables import terminal
from domain.delivery import Delivery, delivery_id
from domain.errors import ConfigError, GoodputError
from domain.message import Message, MessageKind
from flows.checkup import Checked, check_application
from flows.configuration import application_names, read_application
from flows.deliver_messages import open_post
from flows.services import clock

_SIGNS = {True: "[green]well[/]", False: "[red]not well[/]", None: "[yellow]no answer[/]"}


def try_channel(name: str, application: str | None, only: Rehearsed | None) -> int:
    """Send a test page, ticket and digest and their resolve through one channel; 1 if any was refused.

    Raises:
        ConfigError: There is no such channel, or several applications have one.
    """
    return asyncio.run(_try(name, _whose(name, application), only))


async def _try(name: str, application: str, only: Rehearsed | None) -> int:
    async with open_post(application) as post:
        refuses = post.configured.file.channels[name].refuses
        takes = [one for one in Rehearsed if one is not Rehearsed.DIGEST or MessageKind.DIGEST not in refuses]
        wanted = [only] if only else takes
        at = clock()
        said = post.configured.file.links
        links = links_of(
            Links(runbook=said.runbook, dashboard=said.dashboard),
            post.configured.application,
            since=at,
            at=at,
            rule="test",
        )
        told = [
            _send(post.channels[name], name, rehearsal(post.configured.application, one, at, links)) for one in wanted
        ]
    return 0 if all(told) else 1


def _send(channel: Channel, name: str, messages: Sequence[Message]) -> bool:
    """Send *messages* one after the other, and say what came of each."""
    ref: str | None = None
    for message in messages:
        said = f"{message.severity if message.kind is not MessageKind.DIGEST else 'digest'} {message.kind}"
        try:
            found = channel.send(
                Delivery(
                    id=delivery_id(message, name), channel=name, message=message, tried_at=clock(), earlier_ref=ref
                )
            )
        except GoodputError as error:
            terminal.print(f"{name}: {said}: [red]not told[/]: {escape(str(error))}")
            return False
        ref = ref or found
        terminal.print(f"{name}: {said}: [green]told[/]{escape(f' ({found})') if found else ''}")
    return True


def _whose(channel: str, application: str | None) -> str:
    folder = read_settings().deployments_folder
    names = [application] if application else application_names(folder)
    having = [one for one in names if channel in read_application(folder, one).file.channels]
    if not having:
        known = sorted({name for one in names for name in read_application(folder, one).file.channels})
        raise ConfigError(f"there is no channel {channel!r}; there are {', '.join(known) or 'none'}")
    if len(having) > 1:
        raise ConfigError(f"{', '.join(having)} have a channel {channel!r}: say which with --app")
    return having[0]


def examine(application: str | None, *, as_json: bool) -> int:
    """Ask everything that applications depend on whether it would work; 1 if anything is not well.

    Raises:
        ConfigError: No application is watched.
    """
    folder = read_settings().deployments_folder
    names = [application] if application else application_names(folder)
    if not names:
        raise ConfigError(f"{folder}: no application is watched yet: make a folder with an app.yaml")
    found = {name: asyncio.run(_checked(name)) for name in names}
    if as_json:
        print(json.dumps([{"application": name, **asdict(one)} for name, all_ in found.items() for one in all_]))
    else:
        for name, all_ in found.items():
            terminal.print(f"[bold]{name}[/]")
            for one in all_:
                terminal.print(f"  {_SIGNS[one.is_well]} {one.item}: {escape(one.said)}")
    return 0 if all(one.is_well for all_ in found.values() for one in all_) else 1


async def _checked(name: str) -> list[Checked]:
    return [one async for one in check_application(name)]
