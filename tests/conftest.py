"""Fixtures that several test modules use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent

try:  # the smoke tests run without it
    from hypothesis import settings
except ImportError:
    pass
else:
    # The same examples in every run, so that a change is judged by itself; KG_FUZZ=random looks for new ones.
    settings.register_profile("steady", derandomize=True, database=None)
    if os.environ.get("KG_FUZZ") != "random":
        settings.load_profile("steady")


@pytest.fixture
def needs_tool() -> Callable[[str], str]:
    """Return a function that gives a program's path; without the program the test is skipped, and with CI=true it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            message = f"{name} is not installed: scripts/ci-deps.sh installs it"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        return path

    return find


@pytest.fixture
def run_kg() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``kg`` in a process of its own, as a user does, without a terminal."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kg", *map(str, arguments)]
        values = {**os.environ, "PYTHONUTF8": "1", **environment}
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=values, timeout=120, check=False)

    return run


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of the five seed texts."""
    return ROOT / "seeds"
