"""Lines of a file, plain or compressed, however badly it ends."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from adapters.sources.source import Skip
from domain.errors import ConfigError

LONGEST_LINE = 32 * 2**20
"""No row is this long; what is, is not a file of rows, and must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and where it stands."""

    where: str
    text: bytes


def read_lines(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[Line | Skip]:
    """Yield the lines of *path* that are not blank, and a `Skip` for what could not be read.

    Raises:
        ConfigError: If there is no such file, or it may not be read.
    """
    try:
        with _opened(path) as file:
            yield from _lines(file, path.name, longest)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Skip(path.name, "the compressed file is damaged or cut off; rows up to there were read")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or 'not a file'}") from None


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")


def _lines(file: IO[bytes] | gzip.GzipFile, name: str, longest: int) -> Iterator[Line | Skip]:
    number = 0
    while text := file.readline(longest):
        number += 1
        where = f"{name}:{number}"
        if len(text) == longest and not text.endswith(b"\n"):
            _finish_line(file, longest)
            yield Skip(where, "the line is too long to be a row")
        elif not text.isspace():
            yield Line(where, text)


def _finish_line(file: IO[bytes] | gzip.GzipFile, longest: int) -> None:
    while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
        pass


def files_in(paths: tuple[Path, ...], *, without: Path | None) -> list[Path]:
    """Return the files to read: each path, or what a folder holds, by name.

    Raises:
        ConfigError: If a folder holds no such file.
    """
    return [file for path in paths for file in (_files_in_folder(path, without) if path.is_dir() else [path])]


def _files_in_folder(folder: Path, without: Path | None) -> list[Path]:
    found = [file for pattern in ("*.jsonl", "*.jsonl.gz") for file in folder.glob(pattern)]
    files = sorted(file for file in found if without is None or file.resolve() != without.resolve())
    if not files:
        raise ConfigError(f"no *.jsonl or *.jsonl.gz file in {folder}")
    return files
