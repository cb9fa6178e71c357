"""Small graphs of our own shape for the tests of stores and loading."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data" / "questions.ttl"
EXPORTS = ROOT / "exports"
_ID, _NS = "https://w3id.org/epm/id/", "https://w3id.org/epm/ns#"
_TYPE, _LABEL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2000/01/rdf-schema#label>"


def key_of(name, version=1):
    """Return the id of a text's graph."""
    return f"<{_ID}text/{hashlib.sha256(f'{name}{version}'.encode()).hexdigest()[:16]}>"


def text_lines(name, measures, *, version=1, size=0):
    """Return the N-Quads lines of one text: it says that a program has some measures; the default graph knows their category.

    Args:
        name: File name of the text.
        measures: Names of the measures.
        version: Another one is another content of the same file.
        size: So many further triples.
    """
    text, program = key_of(name, version), f"<{_ID}program/行动>"
    said = [
        f"{text} {_TYPE} <{_NS}SourceText>",
        f'{text} <{_NS}path> "texts/{name}"',
        f'{text} <http://purl.org/dc/terms/identifier> "{name}"',
        f"{program} {_TYPE} <{_NS}Program>",
        f'{program} {_LABEL} "行动"@zh-hans',
    ]
    context = [f'{program} <{_NS}note> "shared"', f"{program} <{_NS}appliesTo> <{_ID}region/辽宁省>"]
    region = [f"<{_ID}region/辽宁省> {_TYPE} <{_NS}Region>", f'<{_ID}region/辽宁省> {_LABEL} "辽宁省"@zh-hans']
    for measure in measures:
        node = f"<{_ID}measure/{measure}>"
        said += [f"{node} {_TYPE} <{_NS}Measure>", f'{node} {_LABEL} "{measure}"@zh-hans', f"{program} <{_NS}hasMeasure> {node}"]
        context.append(f'{node} <{_NS}note> "about {measure} \\"<quoted> <{_NS}x>\\""')
    said += [f'{text} <{_NS}line> "{number}: 第{number}行 of {name} {version}"' for number in range(size)]
    default = [f"{triple} ." for triple in (*said, *context, *region)]
    return [*default, *(f"{triple} {text} ." for triple in said)]


def write_graph(path, *texts):
    """Write the lines of some texts as one N-Quads file, as a build does."""
    path.write_text("".join(f"{line}\n" for line in sorted({line for text in texts for line in text})), "utf-8")
    return path
