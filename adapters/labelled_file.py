"""Reading a labelled set: a JSON object a line, every mistake with its line."""

from pathlib import Path

from pydantic import ValidationError

from domain.anchor import Labelled
from domain.errors import ConfigError

_LARGEST_BYTES = 50_000_000


def read_labelled(path: Path) -> list[Labelled]:
    """Return the lines of the file at *path*; empty lines are left out.

    Raises:
        ConfigError: Every mistake, one a line: `file:line:column: where: what`.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ConfigError(f"{path}:1:1: the file: larger than any labelled set ({_LARGEST_BYTES:,} bytes)")
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from None
    found: list[Labelled] = []
    mistakes: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            one = Labelled.model_validate_json(line)
        except ValidationError as error:
            mistakes += [f"{path}:{number}:1: {_place(e['loc'])}: {_words(e['msg'])}" for e in error.errors()]
            continue
        first = seen.setdefault((one.id, one.criterion), number)
        if first != number:
            mistakes.append(f"{path}:{number}:1: id: {one.id!r} stands in line {first} already")
        found.append(one)
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    if not found:
        raise ConfigError(f"{path}:1:1: the file: there is no line in it")
    return found


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the line"


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
