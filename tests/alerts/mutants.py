"""Wrong engines: each is the real one with one line changed, and the tests must notice every one of them.

`python -m tests.alerts.mutants` makes each in a copy of the project, runs the tests that must notice, and shows which
did; exit status 1 if one lived. `python -m tests.alerts.mutants NAME ...` tries only those named.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ROOMS = ("domain", "adapters", "alerts", "tasks", "flows", "deployments", "tests", "pyproject.toml")
LIFE = "tests/alerts/test_life_of_alerts.py::test_people_believe_what_is_so_on_sqlite"
TELLING = "tests/alerts/test_telling.py"


@dataclass(frozen=True)
class Mutant:
    """One wrong line.

    Attributes:
        wrong: What the engine would do.
        noticed_by: The test that must fail.
    """

    name: str
    wrong: str
    file: str
    before: str
    after: str
    noticed_by: str = LIFE


MUTANTS = (
    Mutant(
        "no-order", "messages of one key overtake each other", "adapters/store/outbox.py",
        "                ~blocked,\n", "",
        "tests/adapters/store/test_outbox.py::test_messages_of_one_key_and_channel_go_out_in_order",
    ),
    Mutant(
        "marked-before-sent", "a message is marked as sent before it is", "alerts/dispatcher.py",
        "        channel = self._channels.get(delivery.channel)\n",
        "        sent = Attempt(delivery=delivery, ended_at=now(), status=DeliveryStatus.SENT)\n"
        "        self._outbox.settle([sent], self._owner)\n"
        "        channel = self._channels.get(delivery.channel)\n",
    ),
    Mutant(
        "mute-drops-resolve", "a silence keeps quiet how something ends (Alertmanager #226)", "alerts/telling.py",
        "elif mute is not None and known.get(instance.member) != group:", "elif mute is not None:",
    ),
    Mutant(
        "no-slot-guard", "a slot is decided again, and late ones too", "adapters/store/alerts.py",
        "            if last is not None and slot_us <= last:\n                return False\n"
        "            if after != WHATEVER and last != moment_us(after):\n                return False\n", "",
    ),
    Mutant(
        "stale-decision", "a slot is kept that rests on how things stood before another", "adapters/store/alerts.py",
        "if after != WHATEVER and last != moment_us(after):", "if after == slot_us:",
    ),
    Mutant(
        "supersede-after-attempt", "what may have arrived is taken back", "adapters/store/enqueueing.py",
        "        OUTBOX.c.first_tried_us.is_(None),\n    )\n", "    )\n",
    ),
    Mutant(
        "gap-counts", "time at which nobody looked counts toward `for` (Prometheus)", "alerts/states.py",
        "return passed.total_seconds() if passed <= 2 * interval else 0.0", "return passed.total_seconds()",
    ),
    Mutant(
        "unknown-resolves", "missing data resolves (Prometheus)", "alerts/states.py",
        "    if finding.truth is Truth.UNKNOWN:\n        return _unseen(instance, rule, slot)\n",
        "    if finding.truth is Truth.UNKNOWN:\n        finding = replace(finding, truth=Truth.FALSE, clear=True)\n",
    ),
    Mutant(
        "enqueue-outside", "messages are written after the state is committed", "adapters/store/alerts.py",
        "            enqueue(connection, decision.notices, decision.slot)\n        return True",
        "        with self.database.writing() as connection:\n"
        "            enqueue(connection, decision.notices, decision.slot)\n        return True",
    ),
    Mutant(
        "key-without-number", "the next opening has the key of the last", "alerts/situation.py",
        "{incident.severity}:{group}:{incident.number}", "{incident.severity}:{group}:1",
    ),
    Mutant(
        "unknown-advances", "time at which nothing was known counts toward `for`", "alerts/states.py",
        "if instance.last_slot is None or instance.last_truth is Truth.UNKNOWN:", "if instance.last_slot is None:",
    ),
    Mutant(
        "any-silence", "a silence is about everything", "domain/silence.py",
        "return all(name in said and fnmatchcase(said[name], pattern) for name, pattern in self.matchers)",
        "return True",
    ),
    Mutant(
        "cause-forgotten", "consequences are told beside their cause", "alerts/muting.py",
        "return next((cause for cause in found if _agrees(cause, instance)), None)", "return None",
    ),
    Mutant(
        "never-told-late", "a silence that ends while something fires tells nothing", "alerts/telling.py",
        "        if self._firing and not self._before.is_open:\n",
        "        if all(one.fired_at != self._now.slot for _, one in self._firing) and not self._before.is_open:\n"
        "            return\n        if self._firing and not self._before.is_open:\n",
    ),
    Mutant(
        "no-cap", "a storm is told as often as it blows", "alerts/telling.py",
        "        if len(self._recent) + 1 >= self._now.policy.most_an_hour:\n            return", "        if False:\n            return",
        TELLING,
    ),
    Mutant(
        "flap-is-new", "what fires again while it recovers is another episode", "alerts/states.py",
        "        return replace(seen, state=State.FIRING, clear_s=0.0)\n",
        "        return replace(seen, state=State.FIRING, clear_s=0.0, episode=seen.episode + (seen.state is State.RECOVERING))\n",
    ),
    Mutant(
        "taken-is-asked-about", "who has taken a ticket is asked about it all the same", "alerts/telling.py",
        "if not has_room or before.is_taken or all(", "if not has_room or all(", TELLING,
    ),
    Mutant(
        "orphans-live", "an alert whose rule is gone stays open", "alerts/closing.py",
        "        if rule is None:\n", "        if rule is None and instance.labels:\n", TELLING,
    ),
)  # fmt: skip


def main() -> int:
    """Try the mutants, all or those named, and say which were noticed."""
    named = sys.argv[1:]
    lived = []
    for mutant in MUTANTS:
        if named and mutant.name not in named:
            continue
        started = time.monotonic()
        noticed = is_noticed(mutant)
        lived += [] if noticed else [mutant.name]
        took = f"({time.monotonic() - started:.0f} s)"
        print(f"{'noticed' if noticed else 'LIVED  '}  {mutant.name:24} {mutant.wrong} {took}", flush=True)
    print(f"{len(lived)} lived: {', '.join(lived)}" if lived else "every one was noticed")
    return int(bool(lived))


def is_noticed(mutant: Mutant) -> bool:
    """Whether the test fails on the mutant."""
    with tempfile.TemporaryDirectory() as folder:
        for room in ROOMS:
            copy = shutil.copytree if (PROJECT / room).is_dir() else shutil.copy
            copy(PROJECT / room, Path(folder) / room)
        path = Path(folder) / mutant.file
        said = path.read_text(encoding="utf-8")
        path.write_text(said.replace(mutant.before, mutant.after, 1), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", mutant.noticed_by]
        ran = subprocess.run(
            command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=900, check=False
        )
    if ran.returncode not in {0, 1}:
        raise RuntimeError(f"{mutant.name} could not be tried:\n{ran.stdout}{ran.stderr}")
    return ran.returncode == 1


def environment(folder: str) -> dict[str, str]:
    """Return an environment in which the copy is imported, and in which Hypothesis does not explain what it found."""
    return {**os.environ, "PYTHONPATH": folder, "GOODPUT_QUICK_TO_FAIL": "1"}


if __name__ == "__main__":
    sys.exit(main())
