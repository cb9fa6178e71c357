"""Hold what a check finds, with its message in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.domain.tables import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Hold one finding.

    Attributes:
        severity: ``violation``, ``warning`` or ``info``.
        code: Name of the shape or check (``S1-exact``); its number is that of the design's constraint.
        where: Id of the node.
        zh: Message in Chinese.
        en: Message in English.
        detail: The offending value or the other node, empty for none.
        message: Both messages with the detail, for one line of a report.
    """

    severity: str
    code: str
    where: str
    zh: str
    en: str
    detail: str = ""
    message: str = field(init=False)

    def __post_init__(self) -> None:
        """Join the messages."""
        object.__setattr__(self, "message", f"{self.zh} / {self.en}" + (f" [{self.detail}]" if self.detail else ""))

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """Return the key that sorts findings: the gravest first."""
        return _SEVERITIES.index(self.severity), self.code, self.where, self.detail, self.en


class Reporter:
    """Make findings from message templates.

    Args:
        base: The folder of language data (``domain.base``).
    """

    def __init__(self, base: Path) -> None:
        self._messages = _load(base / "check_messages.toml")

    def __call__(self, code: str, where: str, severity: str = "violation", **values: Any) -> CheckResult:
        """Return a finding of a check, the values filled into its messages."""
        words = self._messages[code]
        return CheckResult(severity, code, where, words["zh"].format(**values), words["en"].format(**values))


@lru_cache(maxsize=4)
def _load(path: Path) -> Mapping[str, Mapping[str, str]]:
    return read_toml(path)
