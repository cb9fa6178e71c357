"""Write what an analysis found: to a file by its extension, or to standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kg.analyse.draw import Canvas, Font
    from kg.domain import Domain

#: Formats by the extension that asks for them.
_BY_SUFFIX = {".txt": "text", ".csv": "csv", ".json": "json", ".html": "html", ".htm": "html", ".svg": "svg", ".png": "png"}

lang_option = click.option(
    "--lang",
    type=click.Choice(("zh", "en")),
    default="zh",
    show_default=True,
    help="Language of headings and of concepts; names stay as they are.",
)
output_option = click.option("-o", "--output", type=PATH, metavar="FILE", help="Write into a file; its extension says in what format.")
font_option = click.option(
    "--font",
    "fonts",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="A further font for characters that the bundled one lacks (may be repeated).",
)


def form_option(*forms: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """Return the option that names the format, the first one being the default."""
    return click.option("--format", "form", type=click.Choice(forms), help=f"[default: by the extension of FILE, else {forms[0]}]")


def emit(writers: Mapping[str, Callable[[], str | bytes]], form: str | None, output: Path | None) -> None:
    """Write in the format that is asked for.

    Args:
        writers: What makes the content, by format; the first is the default on standard output.
        form: Format as named, or None.
        output: File, or None for standard output.

    Raises:
        UsageError: The file's extension stands for no format of this command; PNG was sent to a terminal.
        OutputError: The file cannot be written.
    """
    chosen = form or (_BY_SUFFIX.get(output.suffix.lower()) if output is not None else next(iter(writers)))
    if chosen is None or chosen not in writers:
        raise UsageError(str(output), "has no extension of a known format", f"use one of {', '.join(writers)}, or say --format")
    if output is None and chosen == "png" and sys.stdout.isatty():
        raise UsageError("PNG", "is nothing for a terminal", "name a file with -o")
    content = writers[chosen]()
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    if output is not None:
        from kg.run import write_atomically

        write_atomically(output, data)
        return
    if isinstance(content, str) and sys.stdout.isatty():
        from kg.store.table import clean

        click.echo("\n".join(clean(line) for line in content.splitlines()))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as RFC 4180 has it; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return "".join(",".join(_cell(value) for value in row) + "\r\n" for row in (header, *rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    from kg.export.rows import clean

    text = clean(str(value))
    if text.startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def picture_font(domain: Domain, files: Iterable[Path]) -> Font:
    """Return the font of the pictures.

    Raises:
        UsageError: The extra ``[plot]`` is not installed, or a file is no font.
    """
    from kg.analyse.draw import load_font

    return load_font(tuple(Path(file) for file in files), domain.fold)


def pictures(draw: Callable[[Font], Canvas], domain: Domain, files: Iterable[Path]) -> dict[str, Callable[[], str | bytes]]:
    """Return what makes a picture as SVG and as PNG; characters that no font had are told when it is made.

    Args:
        draw: Draws with a font.
        domain: Supplies the fold to simplified forms, which stand in where a font lacks a character.
        files: Further fonts.
    """

    def svg() -> str:
        font = picture_font(domain, files)
        drawn = draw(font).svg()
        tell_missing(font)
        return drawn

    def png() -> bytes:
        from kg.analyse.draw import to_png

        return to_png(svg())

    return {"svg": svg, "png": png}


def json_text(found: object) -> str:
    """Return what an analysis found as indented JSON."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def tell_missing(font: Font) -> None:
    """Say on standard error which characters no font had."""
    if font.missing:
        listed = ", ".join(f"U+{ord(character):04X}" for character in sorted(font.missing)[:10])
        click.echo(f"{len(font.missing)} characters stand as code points: {listed} — name a font that has them with --font FILE", err=True)
