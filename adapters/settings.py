"""Settings from the environment: addresses and secrets, never numbers. Read when a run starts, never at import."""

import os
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import ConfigError

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What differs from machine to machine. Every name has the prefix GOODPUT_ in the environment or in `.env`.

    Attributes:
        data_folder: Where the SQLite file and made-up traffic go.
        database_url: sqlite:////absolute/path.db or postgresql://user:password@host/name; a file in the data folder
            where it is not set.
        heartbeat_url: Asked for at the end of every good run of watch-requests, to tell a dead-man's switch.
        deployments_folder: One folder per watched application, prices and criteria.
    """

    model_config = SettingsConfigDict(env_prefix="GOODPUT_", env_file=PROJECT / ".env", extra="ignore", frozen=True)

    data_folder: Path = PROJECT / ".data"
    database_url: SecretStr | None = None
    deployments_folder: Path = PROJECT / "deployments"
    langfuse_url: str = "https://cloud.langfuse.com"
    langfuse_public_key: str | None = None
    langfuse_secret_key: SecretStr | None = None
    judge_api_key: SecretStr | None = None
    fallback_judge_api_key: SecretStr | None = None
    heartbeat_url: SecretStr | None = None

    @property
    def database(self) -> str:
        """The database URL in force."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_folder / 'goodput.db').absolute()}"

    def variable(self, name: str) -> str | None:
        """Return the environment variable *name*, else what `.env` says of it: the secrets that app.yaml names."""
        return os.environ.get(name) or dotenv_values(PROJECT / ".env").get(name)


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        ConfigError: A variable has a value that makes no sense; the message names it, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"GOODPUT_{str(part['loc'][0]).upper()}: {part['msg']}" for part in error.errors())
        raise ConfigError(f"the environment is wrong: {names}") from None
