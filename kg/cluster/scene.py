"""Carry what shapes a record to the executors: the user's domain and lexicons, and a digest of everything else."""

from __future__ import annotations

import gc
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.run.harvest import Options


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold the files that an executor does not have, and what its domain, code and libraries must amount to.

    Attributes:
        shape: Digest of what shapes a record (:func:`kg.run.cache.shape_of`).
        field: Path and content of the files of the policy field; None for the shipped one.
        lexicons: Content of the tables laid over the lexicon.
    """

    shape: str
    field: tuple[tuple[str, bytes], ...] | None
    lexicons: tuple[bytes, ...]

    @classmethod
    def of(cls, options: Options, domain: Domain) -> Self:
        """Return the scene of a build."""
        from kg.run.cache import shape_of

        field = None
        if options.domain is not None:
            files = sorted(path for path in options.domain.rglob("*") if path.is_file())
            field = tuple((path.relative_to(options.domain).as_posix(), path.read_bytes()) for path in files)
        return cls(shape_of(domain), field, tuple(path.read_bytes() for path in options.lexicons))

    def domain(self) -> Domain:
        """Return the domain on an executor; read once a process.

        Raises:
            UsageError: The executor's code, files or libraries are not those of the driver, so that it could make other records.
        """
        return _opened(self)


@lru_cache(maxsize=2)
def _opened(scene: Scene) -> Domain:
    from kg.domain import load_domain
    from kg.run.cache import shape_of
    from kg.run.outcome import warm_up

    with tempfile.TemporaryDirectory(prefix="kg-domain-") as name:
        folder = Path(name)
        field = None if scene.field is None else _written(folder / "field", scene.field)
        tables = [(f"{number:03}.tsv", table) for number, table in enumerate(scene.lexicons)]
        lexicons = [_written(folder, [table]) / table[0] for table in tables]
        domain = load_domain(field, lexicons=lexicons)
        if shape_of(domain) != scene.shape:
            hint = "install the same policy-measure-kg, Python and libraries on every machine, or send them along (docs/scale.md)"
            raise UsageError("executor", "has another version of kg or of a library than the driver", hint)
        domain.read_all()  # the folder goes
        warm_up(domain)
        gc.freeze()  # it all stays, so that the collector need not walk it again and again
    return domain


def _written(folder: Path, files: tuple[tuple[str, bytes], ...] | list[tuple[str, bytes]]) -> Path:
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
