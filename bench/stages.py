"""Tell where the time of the extraction goes: microseconds of CPU a code point by stage; part of ``python -m bench.speed``."""

from __future__ import annotations

import importlib
import time
from functools import wraps

#: What a stage is called, and the function that is its whole work.
STAGES = {
    "view of the text": "view.text_document",
    "sentences and sections": "segment.segment",
    "region, date, issuer, own title": "context.resolve_context",
    "documents": "documents.find_documents",
    "agencies by rules": "agencies.find_agencies",
    "words and known names": "phrases.lattice_of",
    "spans: linear model and network": "phrases.first_look",
    "spans: second look": "phrases.look_again",
    "names of phrases": "phrases.find_phrases",
    "regions": "regions.find_regions",
    "observations": "observations.find_observations",
    "relations of documents": "documents.relate_documents",
    "rules for observations' subjects": "observations.relate_observations",
    "pairs": "relate.relate_pairs",
    "provisions": "provisions.make_provisions",
    "numbers that cannot be read": "observations.observation_findings",
    "record": "record.make_record",
}


def measure(run, texts, repeats=5):
    """Return by stage the CPU seconds for all texts, of each text the least of some repeats; what is left over is the last entry.

    Args:
        run: Extracts a text; it must look up its stages by their modules whenever it runs.
        texts: Texts, seen before or not.
        repeats: How often each text is extracted.
    """
    held = {}

    def timed(label, function):
        @wraps(function)
        def call(*arguments, **named):
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                held[label] = held.get(label, 0.0) + time.process_time() - start

        return call

    places = {label: path.rpartition(".")[::2] for label, path in STAGES.items()}
    modules = {label: (importlib.import_module(f"kg.extract.{module}"), name) for label, (module, name) in places.items()}
    plain = {label: getattr(module, name) for label, (module, name) in modules.items()}
    total = dict.fromkeys([*STAGES, "all else"], 0.0)
    for label, (module, name) in modules.items():
        setattr(module, name, timed(label, plain[label]))
    try:
        for text in texts:
            least = {}
            for _ in range(repeats):
                held.clear()
                start = time.process_time()
                run(text)
                held["all else"] = time.process_time() - start - sum(held.values())
                least = {label: min(seconds, least.get(label, seconds)) for label, seconds in held.items()}
            for label, seconds in least.items():
                total[label] += seconds
    finally:
        for label, (module, name) in modules.items():
            setattr(module, name, plain[label])
    return total


def table(seconds, characters):
    """Return the lines of a table of what :func:`measure` returns."""
    whole = sum(seconds.values())
    rows = [f"| {label} | {spent / characters * 1e6:.2f} | {spent / whole:.0%} |" for label, spent in seconds.items()]
    return ["| stage | µs a code point | share |", "| --- | --- | --- |", *rows, f"| whole | {whole / characters * 1e6:.2f} | |"]
