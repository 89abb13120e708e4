"""Every minute: does each application's endpoint answer? So that "no traffic" and "down" differ."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from flows import artifacts
from flows.each import for_each
from flows.services import Services, open_services, slot_of_this_run
from tasks.probing import probe_endpoint

_SLOT = timedelta(minutes=1)


@flow(name="probe-endpoints", flow_run_name="probe-endpoints")
async def probe_endpoints(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Probe the endpoint of every application that names one.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: The minute to file the probe under; empty means the scheduled time of this run.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def look(services: Services) -> None:
        log = get_run_logger()
        config = services.configured.file.probe
        if config is None:
            log.info("%s: no probe is configured", services.name)
            return
        seen = await probe_endpoint(services.client, config, services.name, at)
        services.store.probes.save([seen])
        await artifacts.leave_probe(seen)
        if seen.ok:
            log.info("%s: answered %d in %.3f s", services.name, seen.status or 0, seen.latency_s or 0.0)
        else:
            log.warning("%s: %s", services.name, seen.because)

    await for_each(applications, look, open_services)
