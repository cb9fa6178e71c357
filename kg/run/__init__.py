"""Run whole jobs: read, extract, assemble, check, export."""

from kg.run.build import Built, build, build_folder, check_file, extract_records, record_lines
from kg.run.harvest import Harvest, Options
from kg.run.output import Output, write_atomically

__all__ = [
    "Built",
    "Harvest",
    "Options",
    "Output",
    "build",
    "build_folder",
    "check_file",
    "extract_records",
    "record_lines",
    "write_atomically",
]
