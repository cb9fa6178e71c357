"""Run whole jobs: read, extract, assemble, check, export."""

from kg.run.build import Built, build, build_folder, check_file, extract_records, record_lines
from kg.run.harvest import Harvest, Options
from kg.run.limits import Effort, Limits
from kg.run.output import Output, write_atomically
from kg.run.stream import Streamed, stream_folder

__all__ = [
    "Built",
    "Effort",
    "Harvest",
    "Limits",
    "Options",
    "Output",
    "Streamed",
    "build",
    "build_folder",
    "check_file",
    "extract_records",
    "record_lines",
    "stream_folder",
    "write_atomically",
]
