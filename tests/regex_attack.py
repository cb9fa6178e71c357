"""Find every regular expression of the project, and make the strings on which each would be slowest."""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import pkgutil
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg.domain import load_domain
from kg.domain.patterns import load_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as constants
    from re import _parser as parser

ROOT = Path(__file__).resolve().parent.parent
#: A repetition that may go on for longer than this is attacked.
LONG = 20
#: Strings of each kind that are tried with a pattern.
MOST = 8


@dataclass(frozen=True)
class Used:
    """Hold a pattern and how it is used: ``search`` for anything that goes through a text, else ``match`` or ``fullmatch``."""

    name: str
    pattern: re.Pattern
    method: str = "search"


def all_patterns() -> list[Used]:
    """Return each pattern of code and data once, with where it stands."""
    found = [one for path in sorted((ROOT / "kg").rglob("*.py")) for one in literal_patterns(path)]
    seen = {(one.pattern.pattern, one.pattern.flags) for one in found}
    for one in held_patterns():
        if (one.pattern.pattern, one.pattern.flags) not in seen:
            seen.add((one.pattern.pattern, one.pattern.flags))
            found.append(one)
    return found


def method_of(name: str, source: str) -> str:
    """Return how a pattern is used in a module: only if every use is the same, and it is no search, is it that."""
    used = set(re.findall(rf"\b{re.escape(name)}\.([a-z]+)\(", source))
    bare = len(re.findall(rf"\b{re.escape(name)}\b(?!\.)", source)) > 1  # handed on to somewhere
    return used.pop() if len(used) == 1 and not bare and used <= {"match", "fullmatch"} else "search"


def literal_patterns(path: Path) -> Iterator[Used]:
    """Yield each pattern that stands as a literal in a call of ``re``."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    names = {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            continue
        if node.func.value.id != "re" or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        text = node.args[0].value
        if not isinstance(text, (str, bytes)) or node.func.attr == "escape":
            continue
        flags = re.NOFLAG
        for attribute in ast.walk(node):
            if isinstance(attribute, ast.Attribute) and attribute.attr in {"IGNORECASE", "DOTALL", "MULTILINE", "VERBOSE"}:
                flags |= re.RegexFlag[attribute.attr]
        name = names.get(id(node), "")
        method = method_of(name, source) if name else node.func.attr if node.func.attr in {"match", "fullmatch"} else "search"
        yield Used(f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {name}", re.compile(text, flags), method)


def held_patterns() -> Iterator[Used]:
    """Yield each compiled pattern that a module or the domain holds, however deep."""
    domain = load_domain()
    domain.read_all()
    seen: set[int] = set()
    for folder in (domain.base, domain.field):
        for file in sorted(folder.rglob("*.toml")):
            if "[[pattern]]" in file.read_text(encoding="utf-8"):
                for name, pattern in load_patterns(file).patterns.items():
                    yield Used(f"{file.relative_to(domain.base.parent).as_posix()}: {name}", pattern)
    for name, pattern in _inside("domain", domain, seen, 0):
        if not name.endswith("._gate"):  # made of the others, and used on one sentence at a time
            yield Used(name, pattern)
    for place in mask_patterns(domain):
        yield place
    for module in pkgutil.walk_packages(kg.__path__, "kg."):
        if module.name == "kg.__main__":
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ImportError:  # an extra that is not installed
            continue
        source = Path(loaded.__file__).read_text(encoding="utf-8")
        for name, value in sorted(vars(loaded).items()):
            for place, pattern in _inside(f"{module.name}.{name}", value, seen, 0):
                yield Used(place, pattern, method_of(name, source) if isinstance(value, re.Pattern) else "search")


def mask_patterns(domain: Domain) -> Iterator[Used]:
    """Yield the expressions that mask markup, which the data holds as words."""
    for kind, listed in domain.base_patterns("segmentation").settings["mask"].items():
        for text in listed if isinstance(listed, list) else ():
            yield Used(f"segmentation.toml: mask {kind} {text}", re.compile(text, re.DOTALL))


def _inside(name: str, value: Any, seen: set[int], depth: int) -> Iterator[tuple[str, re.Pattern]]:
    if depth > 7 or id(value) in seen or isinstance(value, (str, bytes, int, float, type, type(None))):
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict) or hasattr(value, "items"):
        try:
            items = list(value.items())
        except TypeError:
            return
        for key, one in items[:20_000]:
            yield from _inside(f"{name}[{str(key)[:40]!r}]", one, seen, depth + 1)
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value[:20_000]):
            yield from _inside(f"{name}[{number}]", one, seen, depth + 1)
    elif type(value).__module__.startswith("kg."):
        for key, one in _parts_of(value).items():
            yield from _inside(f"{name}.{key}", one, seen, depth + 1)


def _parts_of(value: Any) -> dict[str, Any]:
    """Return the attributes of an object of kg, those too that it makes when they are first asked for."""
    for key, one in vars(type(value)).items():
        if isinstance(one, functools.cached_property):
            getattr(value, key)  # which keeps it
    slots = {slot: getattr(value, slot) for slot in getattr(type(value), "__slots__", ()) if hasattr(value, slot)}
    return {**getattr(value, "__dict__", {}), **slots}


def attacks(pattern: re.Pattern) -> list[tuple[str, str, str]]:
    """Return prefix, unit and end of the strings on which a pattern might be slow: the unit is repeated."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    found: list[tuple[str, str, str]] = []
    _walk(list(tree), "", found)
    whole = sample(list(tree))
    units = [unit for _, unit, _ in found]
    found += [("", whole[: len(whole) // 2 + 1], ""), ("", whole, "")]
    found += [("", start + unit, "") for start, unit, _ in found[:MOST]]
    found += [("", one + other, "\0") for one, other in itertools.pairwise(units)]
    unique = dict.fromkeys(one for one in found if one[1])
    return list(unique)[: 3 * MOST]


def _walk(nodes: list, before: str, found: list[tuple[str, str, str]]) -> None:
    """Gather the repetitions with a string that leads to each."""
    for operation, argument in nodes:
        if operation in {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}:
            _, most, body = argument
            if most == constants.MAXREPEAT or most > LONG:
                for unit in {sample(list(body)), sample(list(body), last=True)}:
                    found += [(before, unit, "\0"), (before, unit, "")]
            _walk(list(body), before, found)
        elif operation is constants.SUBPATTERN:
            _walk(list(argument[-1]), before, found)
        elif operation is constants.BRANCH:
            for branch in argument[1]:
                _walk(list(branch), before, found)
        elif operation in {constants.ASSERT, constants.ASSERT_NOT}:
            _walk(list(argument[1]), before, found)
        elif operation is constants.ATOMIC_GROUP:
            _walk(list(argument), before, found)
        before += sample([(operation, argument)])


def sample(nodes: list, *, last: bool = False) -> str:
    """Return a string that some nodes match, as far as that is easily told."""
    out = ""
    for operation, argument in nodes:
        if operation is constants.LITERAL:
            out += chr(argument)
        elif operation is constants.NOT_LITERAL:
            out += "x" if argument != ord("x") else "y"
        elif operation is constants.ANY:
            out += "a"
        elif operation is constants.IN:
            out += _of_class(argument, last=last)
        elif operation in {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}:
            out += sample(list(argument[2]), last=last) * max(1, min(argument[0], 3))
        elif operation is constants.SUBPATTERN:
            out += sample(list(argument[-1]), last=last)
        elif operation is constants.ATOMIC_GROUP:
            out += sample(list(argument), last=last)
        elif operation is constants.BRANCH:
            out += sample(list(argument[1][-1 if last else 0]), last=last)
    return out


_CATEGORIES = {
    constants.CATEGORY_DIGIT: "1",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_WORD: "a",
    constants.CATEGORY_NOT_DIGIT: "a",
    constants.CATEGORY_NOT_SPACE: "a",
    constants.CATEGORY_NOT_WORD: " ",
}


def _of_class(items: list, *, last: bool) -> str:
    """Return a character of a class; of a negated one some that is not in it."""
    inside = [item for item in items if item[0] is not constants.NEGATE]
    choice = inside[-1 if last else 0]
    if len(inside) < len(items):
        for character in ("x 1" if last else "就a1 ") + "业<(《,。\n":
            if not any(_holds(item, character) for item in inside):
                return character
        return "\x01"
    if choice[0] is constants.LITERAL:
        return chr(choice[1])
    if choice[0] is constants.RANGE:
        return chr(choice[1][1 if last else 0])
    return _CATEGORIES.get(choice[1], "a")


def _holds(item: tuple, character: str) -> bool:
    kind, value = item
    if kind is constants.LITERAL:
        return ord(character) == value
    if kind is constants.RANGE:
        return value[0] <= ord(character) <= value[1]
    return _CATEGORIES.get(value) == character
