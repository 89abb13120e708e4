"""Every minute: take what waits in the outbox to its channels, whatever becomes of reading and deciding."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect import flow

from adapters.settings import read_settings
from adapters.store import Store
from flows.configuration import read_application
from flows.each import for_each
from flows.post import Post
from flows.services import clock


@flow(name="deliver-messages", flow_run_name="deliver-messages")
async def deliver_messages(applications: list[str] = []) -> None:
    """Deliver what waits; the run fails when a page has waited for five minutes and nobody has taken it.

    Args:
        applications: Names of folders under deployments; empty means every application.
    """

    async def deliver(post: Post) -> None:
        await post.deliver(clock)
        post.complain(clock())

    await for_each(applications, deliver, open_post)


@asynccontextmanager
async def open_post(application: str) -> AsyncIterator[Post]:
    """Open only what delivering needs: no source of traces and no judge, which may be away.

    Raises:
        ConfigError: A file is wrong; the message says where and what.
    """
    settings = read_settings()
    configured = read_application(settings.deployments_folder, application)
    store = Store.open(settings.database)
    try:
        yield Post(configured, settings, store)
    finally:
        store.close()
