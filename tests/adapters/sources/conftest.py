"""Sources on their own servers and files, closed when the test ends."""

from contextlib import AsyncExitStack

import pytest

from adapters.sources.langfuse import open_langfuse
from tests.stand_ins.langfuse import access_to


@pytest.fixture
async def opened():
    """Open Langfuse against a stand-in."""
    async with AsyncExitStack() as stack:

        async def open_it(server, *environments, timeout_s=5.0, feedback=None):
            source = open_langfuse(access_to(server.url, *environments), feedback=feedback, timeout_s=timeout_s)
            return await stack.enter_async_context(source)

        yield open_it
