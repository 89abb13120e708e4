"""Reading what operators write: YAML into a pydantic shape, or every mistake at once with file, line and column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from domain.errors import ConfigError

Shape = TypeVar("Shape", bound=BaseModel)

_NO_TAG, _WRONG_TAG = "union_tag_not_found", "union_tag_invalid"
_NO_SUCH_VALUE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What the parser lets through for a 31 of June, 5,000 digits, or lists within themselves."""


@dataclass(frozen=True, slots=True)
class Sound(Generic[Shape]):
    """What can be read of a file although some entries of one of its lists are wrong.

    Attributes:
        file: All of it but the wrong entries.
        places: Which entries those of *file* are.
        names: Those of all entries, the wrong ones too; None where an entry has none.
        mistakes: One line for each.
    """

    file: Shape
    places: Sequence[int]
    names: Sequence[str | None]
    mistakes: Sequence[str] = ()


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """Return the file at *path* as a *shape*.

    Raises:
        ConfigError: One line per mistake: `file:line:column: where: what`.
    """
    raw = _parse(path)
    plain = _plain(path, raw)
    try:
        return _validated(path, plain, shape)
    except ValidationError as error:
        raise ConfigError("\n".join(_findings(path, raw, error))) from None


def read_sound(path: Path, shape: type[Shape], key: str) -> Sound[Shape]:
    """Return the file at *path* without the wrong entries of the list *key*: the others are looked at more closely.

    Raises:
        ConfigError: Something else than an entry is wrong; all mistakes, one a line.
    """
    raw = _parse(path)
    plain = _plain(path, raw)
    listed = plain.get(key) if isinstance(plain, dict) else None
    entries = listed if isinstance(listed, list) else []
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    names = [name if isinstance(name, str) else None for name in names]
    try:
        return Sound(_validated(path, plain, shape), range(len(entries)), names)
    except ValidationError as error:
        mistakes = _findings(path, raw, error)
        wrong = {e["loc"][1] for e in error.errors() if e["loc"][:1] == (key,) and len(e["loc"]) > 1}
    kept = [place for place in range(len(entries)) if place not in wrong]
    try:
        file = _validated(path, {**plain, key: [entries[place] for place in kept]}, shape)
    except (ValidationError, TypeError):
        raise ConfigError("\n".join(mistakes)) from None
    return Sound(file, kept, names, mistakes)


def position_of(path: Path, location: Sequence[str | int]) -> str:
    """Return `file:line:column` of a place in a YAML file that was read before."""
    return f"{path}:{_position(_parse(path), location)}"


def refuse_twins(path: Path, key: str, names: Sequence[str | None], skip: int = 0) -> None:
    """Refuse a name that stands twice in the list *key* of the file; the first *skip* names stand in other files.

    Raises:
        ConfigError: Where the second of each twins stands, one a line.
    """
    mistakes = []
    for position, name in enumerate(names):
        if position >= skip and name is not None and name in names[:position]:
            where = position_of(path, (key, position - skip, "name"))
            mistakes.append(f"{where}: {key}: {name!r} is there twice")
    if mistakes:
        raise ConfigError("\n".join(mistakes))


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
    except _NO_SUCH_VALUE as error:
        raise _no_such_value(path, error) from None


def _plain(path: Path, raw: object) -> Any:
    try:
        return _plainly(raw)
    except RecursionError as error:
        raise _no_such_value(path, error) from None


def _plainly(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plainly(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plainly(item) for item in value]
    return value


def _validated(path: Path, plain: object, shape: type[Shape]) -> Shape:
    """Return *plain* as a *shape*; where an entry does not say its kind, it is asked with one that there is not.

    For only then does pydantic tell which kinds there are.
    """
    try:
        return shape.model_validate(plain)
    except OverflowError as error:
        raise _no_such_value(path, error) from None
    except ValidationError as error:
        untold = [e for e in error.errors() if e["type"] == _NO_TAG and isinstance(e["input"], dict)]
        if not untold:
            raise
    for e in untold:
        e["input"][_discriminator(e)] = ""
    return shape.model_validate(plain)


def _findings(path: Path, raw: object, error: ValidationError) -> list[str]:
    found = [f"{path}:{_position(raw, e['loc'])}: {_name(e['loc'])}: {_words(e)}" for e in error.errors()]
    return list(dict.fromkeys(found))


def _no_such_value(path: Path, error: Exception) -> ConfigError:
    why = "is nested too deeply" if isinstance(error, RecursionError) else f"holds a value that cannot be read: {error}"
    return ConfigError(f"{path}:1:1: the file: {why}")


def _position(raw: object, location: Iterable[str | int]) -> str:
    """Return `line:column` of the deepest part of *location* that stands in the file."""
    line, column, here = 0, 0, raw
    for part in location:
        if isinstance(here, CommentedMap):
            if part not in here:
                continue  # the name of a union's branch, or a missing key: the parent is the place
            if part in (here.lc.data or {}):  # what is merged from elsewhere (<<) has no place of its own
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
    if error["type"] == _WRONG_TAG:
        name, said = _discriminator(error), error["ctx"]["tag"]
        there = error["ctx"]["expected_tags"].replace("'", "")
        return f"there is no {name} {said!r}; there are {there}" if said else f"{name} is missing; there are {there}"
    return words.removeprefix("Value error, ")


def _discriminator(error: Any) -> str:
    name: str = error["ctx"]["discriminator"]
    return name.strip("'")
