"""A model judge on a real socket, for every test here that wants one."""

import ssl

import pytest

from adapters.judges.endpoint import Client
from tests.stand_ins.judge_model import WRAPPED, judge_model

CERTIFICATES = ssl.create_default_context()  # read once: every client would read them anew


@pytest.fixture
def model():
    with judge_model() as running:
        yield running


@pytest.fixture(params=sorted(WRAPPED))
def kind(request):
    """Each of the wire formats."""
    return request.param


@pytest.fixture
async def client():
    async with Client(verify=CERTIFICATES) as opened:
        yield opened
