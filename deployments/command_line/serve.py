"""`goodput serve`: every deployment of prefect.yaml in one process, with a Prefect server if none is configured."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from ruamel.yaml import YAML

from adapters.settings import PROJECT, read_settings
from domain.errors import ConfigError
from flows.configuration import application_names

_DEPLOYMENTS = PROJECT / "deployments" / "prefect.yaml"
_PORT = "4200"
_START_S = 180


def serve_all() -> int:
    """Serve until interrupted.

    Raises:
        ConfigError: No application is watched yet, or the Prefect server's port is taken, or it does not start.
    """
    folder = read_settings().deployments_folder
    if not application_names(folder):
        raise ConfigError(
            f"{folder}: no application is watched yet; "
            f"start with: cp -r {PROJECT / 'deployments/demo/support-bot'} {folder / 'my-app'}"
        )
    with _server() as url:
        os.environ["PREFECT_API_URL"] = url
        from prefect import serve

        runners = [_deployment(entry) for entry in _entries()]
        print(f"Goodput runs {len(runners)} flows; the Prefect UI is at {url.removesuffix('/api')}")
        serve(*runners, pause_on_shutdown=False)
    return 0


def _entries() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(_DEPLOYMENTS)["deployments"]
    return loaded


def _deployment(entry: dict[str, Any]) -> Any:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.flows import load_flow_from_entrypoint
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    flow: Any = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)
    limit = entry["concurrency_limit"]
    return flow.to_deployment(
        name=entry["name"],
        description=entry["description"],
        tags=entry["tags"],
        parameters=entry["parameters"],
        schedules=[Cron(one["cron"], timezone=one["timezone"], slug=one["slug"]) for one in entry["schedules"]],
        concurrency_limit=ConcurrencyLimitConfig(
            limit=limit["limit"], collision_strategy=ConcurrencyLimitStrategy(limit["collision_strategy"])
        ),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


@contextmanager
def _server() -> Iterator[str]:
    """Yield the API address of the configured server, or of one that lives as long as we do."""
    configured = os.environ.get("PREFECT_API_URL")
    if configured:
        yield configured
        return
    port = os.environ.setdefault("PREFECT_SERVER_API_PORT", _PORT)
    url = f"http://127.0.0.1:{port}/api"
    _refuse_taken(port)
    signal.signal(signal.SIGTERM, _leave)  # by default our end would leave the child behind
    command = [str(Path(sys.executable).parent / "prefect"), "server", "start"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        _wait_for(url, child)
        yield url
    finally:
        child.terminate()
        child.wait()


def _refuse_taken(port: str) -> None:
    """Refuse a port that somebody answers: it would be taken for our own server's health."""
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=2).close()
    except (ValueError, OverflowError):
        raise ConfigError(f"PREFECT_SERVER_API_PORT is {port!r}, which is no port") from None
    except OSError:
        return
    raise ConfigError(
        f"port {port} is taken: set PREFECT_API_URL=http://127.0.0.1:{port}/api if a Prefect server runs there, "
        "else PREFECT_SERVER_API_PORT to a free port"
    )


def _leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - what a handler is called with
    sys.exit(128 + number)


def _wait_for(url: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise ConfigError("the Prefect server did not start; is its port taken? Set PREFECT_SERVER_API_PORT")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise ConfigError(f"the Prefect server did not answer at {url} within {_START_S} s")
