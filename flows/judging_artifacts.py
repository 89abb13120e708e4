"""What judging leaves behind in the Prefect UI: how far it has got, what came of it, and how far it reached."""

from collections.abc import Sequence
from datetime import datetime

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from adapters.calibrator import CalibrationReport
from adapters.evaluator import EvaluationReport, Progress
from adapters.human_review import SentToReview
from domain.anchor import JudgeCheck
from domain.calibration import agreement
from domain.coverage import Coverage
from domain.message import Table
from flows.leaving import leave_table


async def progress_of(application: str) -> Progress:
    """Return what shows in the UI how many of the chosen answers are judged."""
    artifact = await acreate_progress_artifact(
        progress=0.0, key=f"judging-progress-{application}", description=f"Judging answers of {application}"
    )

    async def show(done: int, of: int) -> None:
        await aupdate_progress_artifact(artifact, progress=100.0 * done / of if of else 100.0)

    return show


async def leave_judging(application: str, report: EvaluationReport) -> None:
    """Leave what came of judging: how many answers, by outcome, and what of it is believed."""
    judged, written = report.round, report.written
    rows = [("requests in the window", str(report.requests))]
    rows += [(f"chosen at a rate of {report.rate:.0%}, not judged before", str(report.chosen))]
    rows += [(f"judgements {outcome}", str(count)) for outcome, count in sorted(judged.outcomes.items())]
    rows += [("known answers judged among them", str(judged.canaries))]
    rows += [("the batch is not believed", words) for words in judged.wrong]
    rows += [("scores written back", str(written.published)), ("scores read back", str(written.read_back))]
    rows += [(f"score not taken: {skip.reason}", skip.where) for skip in written.refused]
    rows += [(f"score taken earlier and not there: {skip.reason}", skip.where) for skip in written.lost]
    rows += [(f"coverage, {one.words}", coverage_words(one)) for one in report.coverage]
    await leave_table(
        key=f"judging-{application}",
        table=[{"what": what, "n": n} for what, n in rows],
        description=f"Judging of {application} up to {report.window.end:%Y-%m-%d %H:%M} UTC",
    )


def coverage_words(one: Coverage) -> str:
    """Say how many answers were judged, of how many, and what became of the others."""
    share = "-" if one.share is None else f"{one.share:.0%}"
    rest = [f"{one.failed} failed"] * bool(one.failed) + [f"{one.quarantined} not believed"] * bool(one.quarantined)
    return ", ".join([f"{one.scored} of {one.asked} ({share})", *rest])


async def leave_checks(application: str, checks: Sequence[JudgeCheck], at: datetime) -> None:
    """Leave what the judge said of its anchors, against what it said when it was accepted."""
    await leave_table(
        key=f"judge-check-{application}",
        table=[
            {
                "judge": one.judge,
                "criterion": one.criterion,
                "anchors": str(one.asked),
                "without verdict": str(one.failed),
                "p": "-" if one.flips is None else f"{one.flips.p_value:.3g}",
                "served by": ", ".join(one.served_by) or "-",
                "before by": ", ".join(one.served_before) or "-",
                "in words": one.words(),
            }
            for one in checks
        ]
        or [{"judge": "no anchor is about a criterion of this judge"}],
        description=f"The judge of {application} on its anchors at {at:%Y-%m-%d %H:%M} UTC",
    )


def calibration_table(reports: Sequence[CalibrationReport]) -> Table:
    """Return how the judge compares with people, and what its shares are worth: a column for each criterion."""
    columns = [_calibration(one) for one in reports]
    return Table(
        "Calibration", ("what", *(one.criterion for one in reports)), tuple(zip(_CALIBRATION, *columns, strict=True))
    )


_CALIBRATION = ("judge", "labels", "sensitivity", "specificity", "kappa", "flagged", "corrected", "people's own look")


def _calibration(one: CalibrationReport) -> tuple[str, ...]:
    """Return a report in words, in the order of _CALIBRATION."""
    compared = agreement(one.calibration.confusion)
    flagged = one.trust.raw.share
    return (
        one.calibration.judge,
        str(one.calibration.confusion.n),
        compared.sensitivity.words("labelled bad"),
        compared.specificity.words("labelled good"),
        compared.kappa.words(),
        "nothing was judged" if flagged is None else f"{flagged:.1%} of {one.trust.raw.n:,}",
        one.trust.corrected.words(),
        one.trust.looked_at.words(),
    )


async def leave_calibrations(application: str, reports: Sequence[CalibrationReport], at: datetime) -> None:
    """Leave how the judge compares with people, and what its shares are worth."""
    table = calibration_table(reports)
    await leave_table(
        key=f"judge-calibration-{application}",
        table=[dict(zip(table.header, row, strict=True)) for row in table.rows],
        description=f"Calibration of the judge of {application} at {at:%Y-%m-%d %H:%M} UTC",
    )


async def leave_review(application: str, sent: SentToReview) -> None:
    """Leave how many flagged answers went to people."""
    await leave_table(
        key=f"human-review-{application}",
        table=[
            {"what": "flagged answers of the window", "n": str(sent.flagged)},
            {"what": f"sent to the queue {sent.queue} now", "n": str(sent.sent)},
            *({"what": f"not taken: {skip.reason}", "n": skip.where} for skip in sent.refused),
        ],
        description=f"Flagged answers of {application} that a person must look at",
    )
