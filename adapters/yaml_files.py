"""Reading what operators write: YAML into a pydantic shape, or every mistake at once with file, line and column."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from domain.errors import ConfigError

Shape = TypeVar("Shape", bound=BaseModel)


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """Return the file at *path* as a *shape*.

    Raises:
        ConfigError: One line per mistake: `file:line:column: where: what`.
    """
    raw = _parse(path)
    try:
        return shape.model_validate(_plain(raw))
    except ValidationError as error:
        findings = [f"{path}:{_position(raw, e['loc'])}: {_name(e['loc'])}: {_words(e)}" for e in error.errors()]
        raise ConfigError("\n".join(dict.fromkeys(findings))) from None


def position_of(path: Path, location: Sequence[str | int]) -> str:
    """Return `file:line:column` of a place in a YAML file that was read before."""
    return f"{path}:{_position(_parse(path), location)}"


def refuse_twins(path: Path, key: str, names: Sequence[str], skip: int = 0) -> None:
    """Refuse a name that stands twice in the list *key* of the file; the first *skip* names stand in other files.

    Raises:
        ConfigError: Where the second of the twins stands.
    """
    for position, name in enumerate(names):
        if position >= skip and name in names[:position]:
            where = position_of(path, (key, position - skip, "name"))
            raise ConfigError(f"{where}: {key}: {name!r} is there twice")


def _parse(path: Path) -> object:
    yaml = YAML(typ="rt", pure=True)
    try:
        return yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigError(f"{path}:{where}: {error.problem or 'not YAML'}") from None
    except YAMLError as error:
        raise ConfigError(f"{path}:1:1: not YAML ({type(error).__name__})") from None


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _position(raw: object, location: Sequence[str | int]) -> str:
    """Return `line:column` of the deepest part of *location* that stands in the file."""
    line, column, here = 0, 0, raw
    for part in location:
        if isinstance(here, CommentedMap):
            if part not in here:
                continue  # the name of a union's branch, or a missing key: the parent is the place
            line, column = here.lc.key(part)
            here = here[part]
        elif isinstance(here, CommentedSeq) and isinstance(part, int) and part < len(here):
            line, column = here.lc.item(part)
            here = here[part]
    return f"{line + 1}:{column + 1}"


def _name(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location if part != "[key]") or "the file"


def _words(error: Any) -> str:
    words: str = error["msg"]
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    if error["type"] == "missing":
        return "is missing"
    return words.removeprefix("Value error, ")
