"""What the shop's traffic is like at one moment, apart from how much of it there is."""

from dataclasses import dataclass

EVERY_FAULT = ("rate_limit", "provider_503", "overloaded", "connection", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The shares that the made-up requests follow; the defaults are a healthy day.

    Attributes:
        failure_rate: Requests that get no answer from a model.
        broken_models: How the names of the models begin that *failure_rate* is about; empty for all.
        fault_kinds: How calls fail, by the kinds in texts.yaml.
        fallback_rate: Failed requests that end with a polite fallback text instead of an error.
        retry_rate: Requests whose first model call fails and whose second call succeeds.
        invention_rate: Answers that contain an invention.
        slow_first_token_rate: Answers whose first token takes four times as long.
        launch_rate: Questions about the new product.
        upgrade_rate: Requests that go to an expensive model whatever the customer's tier.
        verbosity: From 0, brief answers, to 1, always long ones.
    """

    failure_rate: float = 0.0002
    broken_models: str = ""
    fault_kinds: tuple[str, ...] = EVERY_FAULT
    fallback_rate: float = 0.25
    retry_rate: float = 0.003
    prompt_version: int = 2
    invention_rate: float = 0.025
    refusal_rate: float = 0.012
    slow_first_token_rate: float = 0.0
    launch_rate: float = 0.0
    upgrade_rate: float = 0.0
    verbosity: float = 0.0


HEALTHY = Conditions()
