"""A model as judge: one call for all criteria, checked here; a repair, then another model, then a failure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import SecretStr

from adapters.judges.cache import Memory, Question
from adapters.judges.configuration import API_KEY, FALLBACK_API_KEY, Endpoint, ModelConfig
from adapters.judges.judge import Bench, Wire, why, why_not_judged
from adapters.judges.pace import Pace
from adapters.judges.prompt import claims_of, cleaned
from adapters.judges.purse import Purse, Tariff
from adapters.judges.seat import Deadline, Heard, Seat
from domain.criterion import Canary, Criterion, score_of
from domain.errors import ConfigError
from domain.judgement import FailureReason, Judgement
from domain.money import nano_usd
from domain.prices import PriceTable
from domain.transcript import Transcript

_SHARE_OF_THE_FIRST = 2 / 3  # of the time: where there is a fallback, a model that hangs must not use up all of it


def unpriced(config: ModelConfig, prices: PriceTable, at: datetime) -> Sequence[Endpoint]:
    """Return the models that may not be asked at *at*: there is a cap, and no price to keep it by."""
    asked = [one for one in (config, config.fallback) if one is not None]
    return [one for one in asked if config.daily_cap_usd is not None and Tariff.of(one, prices, at) is None]


def no_price(endpoint: Endpoint) -> str:
    """Say that nobody knows the price of *endpoint*, and what to do."""
    return (
        f"nobody knows what the judge {endpoint.model} costs, and daily_cap_usd asks to keep to a budget: "
        "set price in app.yaml, or add the model to prices.yaml"
    )


class ModelJudge:
    """Asks a model for verdicts, checks what it says, and does the arithmetic here."""

    reads_as_told = True
    fitted_on = ()

    def __init__(
        self, seats: Sequence[Seat], criteria: Sequence[Criterion], wire: Wire, purse: Purse, deadline_s: float
    ) -> None:
        self._seats = seats
        self._criteria = criteria
        self._wire = wire
        self._purse = purse
        self._deadline_s = deadline_s
        self._memory = Memory(wire.cache)

    @classmethod
    def from_config(
        cls, config: ModelConfig, wire: Wire, criteria: Sequence[Criterion], prices: PriceTable
    ) -> "ModelJudge":
        """Build the judge, or say what to set.

        Raises:
            ConfigError: There is no usable API key, or a cap and no price to keep it by.
        """
        cap = None if config.daily_cap_usd is None else nano_usd(config.daily_cap_usd)
        purse = Purse(wire.ledger, cap, wire.now)
        seats = []
        for endpoint, key, setting in (
            (config, wire.api_key, API_KEY),
            (config.fallback, wire.fallback_api_key, FALLBACK_API_KEY),
        ):
            if endpoint is None:
                continue
            _refuse_key(endpoint, key, setting)
            tariff = Tariff.of(endpoint, prices, wire.now())
            if cap is not None and tariff is None:
                raise ConfigError(no_price(endpoint))
            pace = Pace(config.max_concurrency, config.requests_per_minute)
            seats.append(Seat(endpoint, wire.client, key if endpoint.needs_key else None, pace, purse, tariff))
        return cls(seats, criteria, wire, purse, config.deadline_s)

    @property
    def name(self) -> str:
        """Who judges; a score that the fallback gave bears the fallback's name."""
        return self._seats[0].endpoint.name

    @property
    def criteria(self) -> Sequence[str]:
        """The names of the criteria."""
        return [one.name for one in self._criteria]

    def name_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return who gives the scores."""
        return self.name

    def version_of(self, criterion: str) -> str:
        """Return the version of the criterion."""
        return next(one.label for one in self._criteria if one.name == criterion)

    @property
    def canaries(self) -> Sequence[tuple[str, Canary]]:
        """Answers that are judged with every batch, each with the criterion it is about."""
        return [(criterion.name, canary) for criterion in self._criteria for canary in criterion.canaries]

    async def judge(
        self, transcript: Transcript, at: datetime, *, fresh: bool = False, only: str | None = None
    ) -> Sequence[Judgement]:
        """Judge one answer by every criterion, or by one of them."""
        criteria = [one for one in self._criteria if only in {None, one.name}]
        claims = claims_of(transcript)
        settled: dict[str, Judgement] = {}
        asked: list[Criterion] = []
        for criterion in criteria:
            why_not = why_not_judged(transcript, criterion) or (None if claims else "the answer is empty")
            if why_not is None:
                asked.append(criterion)
            else:
                settled[criterion.name] = self._bench(transcript, criterion, at, self.name).not_applicable(why_not)
        if asked:
            passages = [cleaned(passage) for passage in transcript.context]
            question = Question(asked, cleaned(transcript.question), passages, claims)
            settled |= await self._put(question, transcript, at, fresh=fresh)
        return [settled[one.name] for one in criteria]

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Keep the verdicts on these answers for another time, or forget them where they are not believed."""
        self._memory.conclude(trace_ids, believed=believed)

    def settle(self) -> None:
        """Settle what the calls have cost, and keep the verdicts that are new."""
        self._purse.settle()
        self._memory.keep_all()

    async def _put(
        self, question: Question, transcript: Transcript, at: datetime, *, fresh: bool
    ) -> Mapping[str, Judgement]:
        key = question.key(self._seats[0].endpoint)
        if not fresh and (known := self._memory.find(key)):
            found = Heard(rulings={name: list(rulings) for name, rulings in known.items()})
            return self._judgements(question, transcript, at, self._seats[0], found, share=len(question.criteria))
        judgements: dict[str, Judgement] = {}
        left = question
        deadline = Deadline(self._deadline_s * (1.0 if len(self._seats) == 1 else _SHARE_OF_THE_FIRST))
        for seat in self._seats:
            heard = await seat.hear(left, self._wire.nonce(), deadline)
            deadline.extend(self._deadline_s)
            said = self._judgements(left, transcript, at, seat, heard, share=len(left.criteria))
            judgements |= {name: _with_cost_of(judgements.get(name), one) for name, one in said.items()}
            if seat is self._seats[0] and not heard.errors and not fresh:
                self._memory.note(transcript.trace_id, key, heard.rulings)
            remaining = [one for one in left.criteria if one.name in heard.errors]
            if not remaining or any(heard.errors[one.name].reason is FailureReason.BUDGET for one in remaining):
                break
            left = Question(remaining, question.question, question.passages, question.claims)
        return judgements

    def _judgements(
        self, question: Question, transcript: Transcript, at: datetime, seat: Seat, heard: Heard, *, share: int
    ) -> dict[str, Judgement]:
        """Return the judgements of one seat; what its calls cost is spread over the criteria, to the nano-dollar."""
        found: dict[str, Judgement] = {}
        for place, criterion in enumerate(question.criteria):
            bench = self._bench(transcript, criterion, at, seat.endpoint.name)
            total = heard.cost_nano_usd
            cost = None if total is None else total // share + (place < total % share)
            rulings = heard.rulings.get(criterion.name)
            if rulings is None:
                error = heard.errors[criterion.name]
                found[criterion.name] = bench.failure(error.reason, error.detail, cost_nano_usd=cost)
            else:
                value, words = score_of(criterion, rulings), why(criterion, rulings)
                found[criterion.name] = bench.score(value, words, cost_nano_usd=cost, served_by=heard.served_by)
        return found

    @staticmethod
    def _bench(transcript: Transcript, criterion: Criterion, at: datetime, judge: str) -> Bench:
        return Bench(
            trace_id=transcript.trace_id, criterion=criterion.name, judge=judge, version=criterion.label, judged_at=at
        )


def _with_cost_of(before: Judgement | None, after: Judgement) -> Judgement:
    """Return the judgement *after*, with what the one *before*, which gave no verdict, has cost."""
    if before is None:
        return after
    costs = (before.cost_nano_usd, after.cost_nano_usd)
    return replace(after, cost_nano_usd=None if None in costs else sum(cost or 0 for cost in costs))


def _refuse_key(endpoint: Endpoint, key: SecretStr | None, setting: str) -> None:
    said = key.get_secret_value() if key else ""
    if endpoint.needs_key and not said:
        raise ConfigError(f"the judge {endpoint.model} needs an API key: set {setting}")
    if not (said.isascii() and said.isprintable() and said == said.strip()):
        raise ConfigError(f"{setting} holds spaces or characters that no API key has")
