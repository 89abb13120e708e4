"""A model judge on a real socket, for every test here that wants one."""

import httpx
import pytest

from tests.stand_ins.judge_model import judge_model


@pytest.fixture
def model():
    with judge_model() as running:
        yield running


@pytest.fixture
async def client():
    async with httpx.AsyncClient() as opened:
        yield opened
