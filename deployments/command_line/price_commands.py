"""`goodput prices ...`: what models cost. Each command imports what it needs when it runs."""

from datetime import datetime

from cyclopts import App

prices = App(name="prices", help="What models cost, since when, and where that was read.")


@prices.command(name="show")
def show(
    model: str | None = None, *, at: datetime | None = None, provider: str | None = None, json: bool = False
) -> int:
    """Show what a million tokens of each kind cost, and which entry says so; exit status 1 if none does.

    Parameters
    ----------
    model
        A model as traces name it; every entry that counts then if left out.
    at
        When, with its zone (2026-11-01T12:00:00Z); now if left out.
    provider
        Whose, as traces name it; only entries for any provider count if left out.
    json
        For a program to read.
    """
    from deployments.command_line.prices import show_prices

    return show_prices(model, at, provider, as_json=json)


@prices.command(name="refresh")
def refresh(
    *models: str,
    provider: list[str] = [],  # noqa: B006 - cyclopts makes a new one
    dry_run: bool = False,
) -> int:
    """Add to your prices.yaml what the package genai-prices knows better; no entry is ever edited or removed.

    Parameters
    ----------
    models
        Only these, as regular expressions; all if left out.
    provider
        Whose models, by the package's names; may be given more than once. All who sell their own if left out.
    dry_run
        Only show what would be added; exit status 1 if anything would.
    """
    from deployments.command_line.price_refresh import refresh_prices

    return refresh_prices(models, provider, dry_run=dry_run)
