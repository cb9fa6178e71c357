"""Give the words of reports in Chinese and English, from ``messages.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.tables import read_toml
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Messages:
    """Hold every message by its key (``report.findings``), in both languages."""

    entries: Mapping[str, tuple[str, str]]

    def zh(self, key: str) -> str:
        """Return the Chinese words, or the last part of the key if there are none."""
        return self.entries.get(key, (key.rpartition(".")[2], ""))[0]

    def en(self, key: str) -> str:
        """Return the English words, or the last part of the key if there are none."""
        return self.entries.get(key, ("", key.rpartition(".")[2]))[1]

    def both(self, key: str) -> str:
        """Return ``Chinese / English``; the last part of the key alone if there are no words for it."""
        return f"{self.zh(key)} / {self.en(key)}" if key in self.entries else key.rpartition(".")[2]


@lru_cache(maxsize=4)
def load_messages(base: Path, file: str = "messages.toml") -> Messages:
    """Read the messages.

    Args:
        base: The folder of language data (``domain.base``).
        file: Its name; ``messages_explorer.toml`` has the words of the page.

    Raises:
        DomainError: The file is missing, or a message lacks one of the two languages.
    """
    path = base / file
    entries: dict[str, tuple[str, str]] = {}
    for group, messages in read_toml(path).items():
        for name, words in messages.items():
            if not isinstance(words, dict) or not words.get("zh") or not words.get("en"):
                raise DomainError(str(path), f"[{group}] {name} lacks zh or en", 'write NAME = { zh = "…", en = "…" }')
            entries[f"{group}.{name}"] = (words["zh"], words["en"])
    return Messages(entries)
