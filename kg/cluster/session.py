"""Open a session of Spark, and reach the file system that its outputs go to."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: What the user's own settings lie over. A row may hold a whole text: batches are small, and the vectorised reader, which takes 4,096 rows
#: at once whatever their size, would need gigabytes.
_SETTINGS = {
    "spark.hadoop.parquet.block.size": "33554432",
    "spark.sql.parquet.enableVectorizedReader": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.showConsoleProgress": "false",
}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def location(path: Path | str) -> str:
    """Return a path as Spark takes it: a URL as it is, a path of this machine as one of the local file system."""
    text = str(path)
    return text if _URL.match(text) else "file:" + os.path.abspath(text)  # noqa: PTH100 - links keep their names


@contextlib.contextmanager
def opened(master: str | None, settings: Mapping[str, str]) -> Iterator[Any]:
    """Give a session of Spark, and stop it.

    Args:
        master: ``spark://HOST:PORT``, ``yarn``, ``k8s://…`` or ``local[N]``; None under ``spark-submit``, which knows it.
        settings: Spark's own, by their names.

    Raises:
        UsageError: pyspark or Java is missing, there is no master, or it does not answer.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError("--engine spark", "pyspark is missing", "pip install 'policy-measure-kg[spark]'") from None
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if master is None and not submitted:
        raise UsageError("--master", "is missing", "name the cluster: spark://HOST:7077, yarn, or local[2] for this machine alone")
    if not submitted and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError("--engine spark", "Java is missing", "install Java 17 or 21")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("kg build")
    if master is not None:
        builder = builder.master(master)
    for name, value in {**_SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        raise UsageError("--engine spark", f"does not start ({_short(error)})", "see the lines above; Java must be 17 or 21") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "py4j":
            raise
        raise UsageError(master or "spark-submit", f"does not take the job ({_short(error)})", "see whether the cluster runs") from error
    try:
        session.sparkContext.setLogLevel("ERROR")
        yield session
    finally:
        session.stop()


def _short(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn what Spark raises into one line: the last words of a failed job say little, those of its Python task much.

    Raises:
        UsageError: The job failed.
    """
    try:
        from pyspark.errors import PySparkException
    except ImportError:  # the session was not opened, either
        yield
        return
    try:
        yield
    except PySparkException as error:
        raise UsageError("spark", _cause(str(error)), "see Spark's log; nothing is trusted without _SUCCESS") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "py4j":
            raise
        raise UsageError("spark", _cause(str(error)), "see Spark's log; nothing is trusted without _SUCCESS") from error


def _cause(words: str) -> str:
    ours = re.search(r"^kg\.errors\.\w+: (.+)$", words, re.MULTILINE)
    if ours:
        return ours[1]
    named = re.findall(r"^(?:Caused by: )?(?:[\w.]+\.)?(\w*(?:Error|Exception)\b.*)$", words, re.MULTILINE)
    return (named[-1] if named else words.strip().split("\n")[0])[:300]


@dataclass(frozen=True, slots=True)
class Place:
    """Hold the output folder on whatever file system Spark reaches: a local or shared folder, HDFS, an object store.

    Attributes:
        session: Spark's.
        root: As :func:`location` gives it.
    """

    session: Any
    root: str

    def at(self, name: str) -> str:
        """Return the location of something in the folder."""
        return f"{self.root.rstrip('/')}/{name}" if name else self.root

    def exists(self, name: str) -> bool:
        """Tell whether there is something of this name."""
        return bool(self._files().exists(self._path(name)))

    def names(self, name: str = "") -> list[str]:
        """Return what is in a folder, sorted; nothing if there is none."""
        if not self.exists(name):
            return []
        return sorted(str(one.getPath().getName()) for one in self._files().listStatus(self._path(name)))

    def size(self, name: str) -> int:
        """Return the bytes of a file or of all files of a folder."""
        return int(self._files().getContentSummary(self._path(name)).getLength())

    def remove(self, name: str) -> None:
        """Remove a file or folder."""
        self._files().delete(self._path(name), True)  # noqa: FBT003 - Java has no names for arguments

    def move(self, name: str, target: str) -> None:
        """Give a file another name.

        Raises:
            OutputError: The file system did not do it.
        """
        from kg.errors import OutputError

        if not self._files().rename(self._path(name), self._path(target)):
            raise OutputError(self.at(target), "cannot be written", "see whether the folder is used by another build")

    def make(self, name: str) -> None:
        """Make a folder."""
        self._files().mkdirs(self._path(name))

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        stream = self._files().create(self._path(name), True)  # noqa: FBT003 - Java has no names for arguments
        try:
            stream.write(bytearray(data))
        finally:
            stream.close()

    def _path(self, name: str) -> Any:
        return self.session._jvm.org.apache.hadoop.fs.Path(self.at(name))  # noqa: SLF001 - the only way to Hadoop's file systems

    def _files(self) -> Any:
        return self._path("").getFileSystem(self.session._jsc.hadoopConfiguration())  # noqa: SLF001 - the same
