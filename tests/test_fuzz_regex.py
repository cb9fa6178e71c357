"""No regular expression of the project takes more than linear time: each is fed the strings on which it would be slowest."""

from __future__ import annotations

import importlib.util
import signal
import sys
import time
from pathlib import Path

import pytest

from kg.domain import load_domain
from kg.extract import extract_text
from kg.run.limits import can_fork

#: Characters of a string to try first, and of the shorter and the longer one whose times are compared: the time may grow as they do,
#: and be twice as much for the machine's sake. A repetition of up to 2,000 is linear only beyond that, so the shorter is longer.
FIRST, SHORT, LONG = 8_000, 4_000, 32_000
GROWTH = 2 * LONG / SHORT
#: Seconds below which the first string was no trouble: a square takes nine times as long on a fast machine of 2026, a line a fifth.
NO_TROUBLE = 0.002
#: Seconds below which a time says nothing; the square of the longer string takes more than ten times as long.
NOISE = 0.02
HANGS = 1.0

#: Expressions that take the square of the time, on strings that are short by what is around them; each with the reason.
SHORT_BY_NATURE = {
    "kg/store/": "reads queries and addresses, whose length the server limits",
    "kg.domain.quantities._PART": "takes apart one number, from which the commas are gone",
    "kg/rdf/turtle.py": "takes apart one literal that was written by kg itself",
}


def load_attack():
    """Return the module beside this file, whose folder is no package."""
    spec = importlib.util.spec_from_file_location("kg_regex_attack", Path(__file__).with_name("regex_attack.py"))
    module = sys.modules["kg_regex_attack"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TooSlowError(Exception):
    """Tell that an expression was stopped."""


def stop(*_):
    raise TooSlowError


def seconds(used, text):
    """Return how long an expression takes with a text; infinity when it is stopped."""
    subject = text if isinstance(used.pattern.pattern, str) else text.encode("utf-8", "replace")
    old = signal.signal(signal.SIGALRM, stop)  # an expression looks for signals now and then
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    began = time.process_time()
    try:
        if used.method == "search":
            for _ in used.pattern.finditer(subject):
                pass
        else:
            getattr(used.pattern, used.method)(subject)
    except TooSlowError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    return time.process_time() - began


def slowest(used, attacks):
    """Return the first string with which the time grows faster than the string, and the times; None if there is none."""
    for start, unit, end in attacks(used.pattern):

        def text(size, start=start, unit=unit, end=end):
            return start + unit * (size // len(unit)) + end

        if seconds(used, text(40)) > HANGS / 4 or seconds(used, text(400)) > HANGS / 2:
            return start, unit, end, "takes exponential time"
        if seconds(used, text(FIRST)) < NO_TROUBLE:
            continue
        short = max(min(seconds(used, text(SHORT)) for _ in range(3)), NOISE / GROWTH)
        long = min(seconds(used, text(LONG)) for _ in range(2))
        if long > GROWTH * short:
            return start, unit, end, f"{short:.3f} s for {SHORT:,} characters, {long:.3f} s for {LONG:,}"
    return None


@pytest.mark.skipif(not can_fork(), reason="needs a timer that interrupts")
def test_every_expression_takes_linear_time():
    attack = load_attack()
    used = attack.all_patterns()
    assert len(used) > 150
    found = {one.name: slowest(one, attack.attacks) for one in used if not one.name.startswith(tuple(SHORT_BY_NATURE))}
    assert {name: told for name, told in found.items() if told} == {}


def test_the_attack_finds_what_it_should():
    attack = load_attack()
    for expression in (r"(?:a+)+$", r"\d*\d*\d*!", r"<[^>]*>"):
        # A busy machine may hide it once.
        assert any(slowest(attack.Used("", attack.re.compile(expression)), attack.attacks) for _ in range(4)), expression
    for expression in (r"<[^<>]*>", r"\d{1,30}%", r"(?:a|b)+", "^就业[^。]{2,40}。"):
        assert slowest(attack.Used("", attack.re.compile(expression)), attack.attacks) is None, expression


UNITS = [
    "《",
    "（一",
    "1,1,",
    "1",
    "1万",
    "一",
    "近",
    "1-",
    " 1",
    "2024年",
    "第",
    "关于",
    "、",
    "。",
    "\n",
    "<p ",
    "&lt;",
    "\\u4e00",
    "“",
    "(",
    "就业补贴",
    "# ",
    "《》",
    ",111",
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_takes_time_by_its_length(unit):
    """Extract a text that repeats one thing for ever: four times as long takes at most eight times as much."""
    domain = load_domain()
    extract_text("就业补贴1万元。", domain)

    def taken(size):
        text = unit * (size // len(unit))
        began = time.process_time()
        extract_text(text, domain)
        return time.process_time() - began

    short, long = taken(2_000), taken(8_000)
    assert long < max(8 * min(short, taken(2_000)), 0.5)
