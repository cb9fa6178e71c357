"""Read the domain's named questions (``queries/*.rq``) and put users' values into their parameters.

A question is a complete SPARQL query that runs anywhere as it stands. Its header says what it asks::

    # 问题的中文 — The question in English
    # param: group (tg|TargetGroup) = 高校毕业生
    # empty-on-seeds: why the five seed texts give no row

Each parameter has one line ``VALUES ?group { tg:graduates }`` in the body, which holds the default as a term; a value
given by a user replaces the terms between its braces. What may stand in the brackets of ``param`` is told in
``kg.store.terms``.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.domain.tables import read_text
from kg.errors import DomainError, QueryError
from kg.store.file_names import told_apart
from kg.store.terms import is_kind, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kg.store.query import OpenGraph

_TITLE = re.compile(r"#\s*(?P<zh>.+?) — (?P<en>.+)")
_PARAMETER = re.compile(r"#\s*param:\s*(?P<name>\w+) \((?P<kind>[\w|]+)\) = (?P<default>.+)")
_EMPTY = re.compile(r"#\s*empty-on-seeds:\s*(?P<reason>.+)")


@dataclass(frozen=True)
class Parameter:
    """Hold one parameter: its name, its kind (see ``kg.store.terms``) and its default as a user would write it."""

    name: str
    kind: str
    default: str


@dataclass(frozen=True)
class Question:
    """Hold one question.

    Attributes:
        name: What ``kg query`` takes: the file's name without ending.
        zh: The question in Chinese; empty in a query of a user without header.
        en: The question in English; likewise.
        parameters: In the order of the header.
        empty_on_seeds: Why the seed texts give no row; empty if they do.
        text: The whole file, runnable as it stands.
    """

    name: str
    zh: str
    en: str
    parameters: tuple[Parameter, ...]
    empty_on_seeds: str
    text: str


def parse_question(name: str, text: str, where: str) -> Question:
    """Read the header of a query, if it has one.

    Raises:
        DomainError: A parameter is of no known kind, or has not exactly one VALUES line.
    """
    head = [line for line in text.split("\n") if line.startswith("#")]
    title = _TITLE.fullmatch(head[0].rstrip()) if head else None
    parameters = []
    for line in head:
        found = _PARAMETER.fullmatch(line.rstrip())
        if found is None:
            if re.match(r"#\s*param\b", line):
                raise DomainError(where, f"cannot read {line!r}", "write # param: name (kind) = default")
            continue
        parameter = Parameter(found["name"], found["kind"], found["default"].strip())
        if not is_kind(parameter.kind):
            raise DomainError(where, f"parameter {parameter.name}: no kind {parameter.kind}", "see kg/store/terms.py for the kinds")
        if len(list(_slot(parameter.name).finditer(text))) != 1:
            what = f"parameter {parameter.name} needs exactly one VALUES ?{parameter.name} {{ … }}"
            raise DomainError(where, what, "write the default there as a term")
        parameters.append(parameter)
    empty = next((found["reason"].strip() for line in head if (found := _EMPTY.fullmatch(line.rstrip()))), "")
    zh, en = (title["zh"], title["en"]) if title else ("", "")
    return Question(name, zh, en, tuple(parameters), empty, text)


def load_questions(folder: Path) -> dict[str, Question]:
    """Read all questions of a folder, sorted by name.

    Raises:
        DomainError: The folder is missing, or a file has no title in both languages or a faulty parameter.
    """
    files = sorted(folder.glob("*.rq"))
    if not files:
        raise DomainError(str(folder), "holds no questions (*.rq)", "the domain folder is incomplete")
    questions = {}
    for path in files:
        question = parse_question(path.stem, read_text(path), str(path))
        if not question.zh or not question.en:
            where = f"{path}:1"
            raise DomainError(where, "no title", "write # Chinese question — English question")
        questions[path.stem] = question
    return questions


def find_question(questions: Mapping[str, Question], name: str) -> Question:
    """Return the question of a name.

    Raises:
        QueryError: There is none; the nearest names are given.
    """
    if name in questions:
        return questions[name]
    near = difflib.get_close_matches(name, questions, n=3, cutoff=0.4)
    hint = (
        f"did you mean {', '.join(near)}? kg query --list shows all"
        if near
        else "kg query --list shows all; a file needs its path, - is standard input"
    )
    raise QueryError(name, "there is no such question or file", hint)


def bind(question: Question, values: Mapping[str, str], graph: OpenGraph, fold: Callable[[str], str]) -> str:
    """Return the question's SPARQL with the given values in place of the defaults.

    Values become terms and are written in their escaped N-Triples form; nothing a user writes is read as SPARQL. Where two texts of the
    graph have files of one name, a named question shows their paths.

    Raises:
        QueryError: The question has no such parameter, or a value names nothing in the graph.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    terms: dict[str, str] = {}
    for name, value in values.items():
        if name not in known:
            has = ", ".join(f"{each.name} ({each.kind})" for each in question.parameters)
            raise QueryError(question.name, f"has no parameter {name}", f"it has {has}" if has else "it takes none")
        found = terms_of(value, known[name].kind, graph, fold, f"{question.name}, {name}")
        terms[name] = " ".join(str(term) for term in found)
    text = told_apart(question.text, graph) if question.zh else question.text
    if not terms:
        return text
    # One pass over the file's own text: a value is never looked at again, whatever it holds.
    return _slot("|".join(map(re.escape, terms))).sub(lambda slot: f"VALUES ?{slot['name']} {{ {terms[slot['name']]} }}", text)


def _slot(names: str) -> re.Pattern[str]:
    """Return the pattern of the VALUES line of one of the names (alternatives of a regular expression)."""
    return re.compile(rf"\bVALUES\s+\?(?P<name>{names})\s*\{{[^{{}}]*\}}")
