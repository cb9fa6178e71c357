"""Cut the phrase that names an indicator out of what stands before or after its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import rjieba

from kg.domain.patterns import alternation
from kg.model import Span

if TYPE_CHECKING:
    from kg.domain import Domain

#: jieba's tags of what a noun phrase is made of; verbs and adverbs may stand inside, not at its end.
_NOUN = ("n", "vn", "an", "l", "i", "j", "eng", "s", "g", "x")
_BREAKS = ",;:。!?\n|'"
_OPEN_TO_CLOSE = {"(": ")", "“": "”", "《": "》"}
_CLOSE_TO_OPEN = {close: opened for opened, close in _OPEN_TO_CLOSE.items()}
#: The dictionary cut alone, without the model that guesses words.
_NO_HMM = False
#: A name of one character says nothing; a verb is cut off only from a noun of three or more.
_SHORTEST, _SHORTEST_NOUN = 2, 3
_BRACKET = 4
_SHORTEST_ACT, _LONGEST_ACT = 4, 14
_QUOTES = re.compile("[“”‘’\"' ]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Hold a phrase, where it stands, and whether it is a clause (a verb with what belongs to it) and no noun."""

    text: str
    span: Span
    clause: bool = False


@dataclass(frozen=True)
class Grammar:
    """Hold the compiled word lists of ``patterns/observation.toml``."""

    words: dict[str, frozenset[str]]
    tail: re.Pattern[str]
    comparison: re.Pattern[str]
    target_share: re.Pattern[str]
    longest_name: int
    longest_extension: int

    @cached_property
    def _tail_ends(self) -> frozenset[str]:
        """Return the signs that what :attr:`tail` matches may end with, blanks apart."""
        return frozenset({"、", *(word[-1] for word in self.words["tail"] if len(word) > 1)})

    def stripped(self, view: str, start: int, end: int) -> int:
        """Return where a part of the view ends without the words of its tail."""
        # The expression is tried at every letter; most parts end with no letter that it ends with.
        if start < end and view[end - 1] not in self._tail_ends and not view[end - 1].isspace():
            return end
        return start + len(self.tail.sub("", view[start:end]))

    @cached_property
    def _listed(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(sorted(words)) for name, words in self.words.items()}

    def starts(self, text: str, listed: str) -> bool:
        """Tell whether a text starts with a word of a list."""
        return text.startswith(self._listed[listed])

    def ends(self, text: str, listed: str) -> bool:
        """Tell whether a text ends with a word of a list."""
        return text.endswith(self._listed[listed])

    def holds(self, text: str, listed: str) -> bool:
        """Tell whether a word of a list stands in a text."""
        for word in self._listed[listed]:  # a generator would take twice the time  # noqa: SIM110
            if word in text:
                return True
        return False


@lru_cache(maxsize=4)
def grammar(domain: Domain) -> Grammar:
    """Return the compiled word lists of a domain."""
    patterns = domain.patterns("observation")
    settings = patterns.settings["settings"]
    tail = f"(?:{alternation(tuple(word for word in patterns.words['tail'] if len(word) > 1))}|[\\s、])+$"
    return Grammar(
        {name: frozenset(words) for name, words in patterns.words.items()},
        re.compile(tail),
        patterns.patterns["comparison"],
        patterns.patterns["target-share"],
        settings["longest_name"],
        settings["longest_extension"],
    )


def clause_start(view: str, floor: int, end: int, *, lists: bool) -> int:
    """Return where the clause before ``end`` begins: after a sign that is not inside brackets or quotes.

    Args:
        view: The text.
        floor: Where the search stops.
        end: Where the clause ends.
        lists: Whether ``、`` ends a clause too (a list of indicators with numbers).
    """
    offset, waiting = end, ""
    while offset > floor:
        char = view[offset - 1]
        if waiting:
            if char == waiting:
                waiting = ""
            elif char == "\n":
                return offset
        elif char in _CLOSE_TO_OPEN and view.rfind(_CLOSE_TO_OPEN[char], floor, offset) >= 0:
            waiting = _CLOSE_TO_OPEN[char]
        elif char in _BREAKS or char in _OPEN_TO_CLOSE or char in _CLOSE_TO_OPEN or (lists and char == "、"):
            return offset
        offset -= 1
    return floor


def clause_end(view: str, start: int, ceiling: int) -> int:
    """Return where the clause after ``start`` ends: before a sign that is not inside brackets or quotes."""
    offset, waiting = start, ""
    while offset < ceiling:
        char = view[offset]
        if waiting:
            if char == waiting:
                waiting = ""
        elif char in _OPEN_TO_CLOSE and view.find(_OPEN_TO_CLOSE[char], offset, ceiling) >= 0:
            waiting = _OPEN_TO_CLOSE[char]
        elif char in _BREAKS or char in _CLOSE_TO_OPEN:
            return offset
        offset += 1
    return ceiling


def left_phrase(view: str, start: int, end: int, grammar: Grammar) -> Phrase:
    """Return the indicator before a number: the clause without adverbs, light verbs and copulas around it; may be empty."""
    stripped = grammar.stripped(view, start, end)
    tokens = _tokens(view, start, stripped)
    while tokens and (tokens[-1][1] in grammar.words["tail"] or not tokens[-1][1].strip(" 、")):
        tokens.pop()
    shorter = tokens[-1][0] + len(tokens[-1][1]) if tokens else start
    if shorter < stripped:
        return left_phrase(view, start, shorter, grammar)
    while tokens and tokens[0][1] in grammar.words["joining"]:
        tokens.pop(0)
    cut = _cut(tokens, grammar)
    while cut + 1 < len(tokens) and tokens[cut][1] in grammar.words["joining"]:
        cut += 1
    if all(word in grammar.words["adverbs"] for _, word, _ in tokens[cut:]):
        return Phrase("", Span(stripped, stripped))
    begin = tokens[cut][0]
    if stripped - begin > grammar.longest_name and (comma := view.rfind("、", begin, stripped - 1)) > 0:
        begin = comma + 1
    text = _clean(view[begin:stripped])
    return Phrase(text, Span(begin, stripped), clause=False)


def right_phrase(view: str, start: int, end: int, grammar: Grammar) -> Phrase:
    """Return the noun phrase that a number counts, or the clause that follows it; may be empty.

    Args:
        view: The text.
        start: End of number and unit.
        end: End of the clause, or where the next number starts.
        grammar: The word lists.
    """
    begin = start
    while begin < end and view[begin] in grammar.words["linkers"]:
        begin += 1
    if begin < end and view[begin] in _OPEN_TO_CLOSE and view[begin] != "“":
        return Phrase("", Span(begin, begin))
    tokens = _tokens(view, begin, end)
    last = _noun_end(tokens, grammar)
    if last == end and end < len(view) and view[end].isdigit():
        joined = max((offset for offset, word, _ in tokens if word == "、" or word in grammar.words["joining"]), default=0)
        last = joined or last
    if last:
        return Phrase(_clean(view[begin:last]), Span(begin, last))
    clause = bool(tokens) and tokens[0][2][0] in "vdapnrc" and tokens[0][1] not in grammar.words["no_clause"]
    stop = min(end, begin + grammar.longest_extension)
    return (
        Phrase(_clean(view[begin:stop]), Span(begin, stop), clause=True) if clause and stop > begin + 1 else Phrase("", Span(begin, begin))
    )


def verb_phrase(view: str, start: int, end: int, listed: str, grammar: Grammar) -> Phrase:
    """Return the noun phrase after the last verb of a list between two offsets (``给予一次性就业奖补``); may be empty."""
    found = max((view.rfind(verb, start, end) + len(verb) for verb in grammar.words[listed] if verb in view[start:end]), default=0)
    if not found:
        return Phrase("", Span(start, start))
    tokens = _tokens(view, found, end)
    passed = (grammar.words["adverbs"] | grammar.words["recipients"] | grammar.words["joining"]) - grammar.words["modifiers"]
    while tokens and tokens[0][1] in passed:
        tokens.pop(0)
    if not tokens:
        return Phrase("", Span(start, start))
    phrase = right_phrase(view, tokens[0][0], end, grammar)
    return phrase if not phrase.clause else Phrase("", Span(start, start))


def act_phrase(view: str, start: int, end: int, grammar: Grammar) -> Phrase:
    """Return what must be done in a clause: from its last verb of office work to its end (``申请复核``)."""
    tokens = _tokens(view, start, end)
    for i in range(len(tokens) - 1, -1, -1):
        offset, word, _ = tokens[i]
        if word in grammar.words["acts"] and end - offset >= _SHORTEST_ACT:
            stop = min(end, offset + _LONGEST_ACT)
            return Phrase(_clean(view[offset:stop]), Span(offset, stop))
    return Phrase("", Span(start, start))


def _tokens(view: str, start: int, end: int) -> list[tuple[int, str, str]]:
    """Return (offset, word, tag) of a part of the view."""
    tokens = []
    for word, tag in rjieba.tag(view[start:end], _NO_HMM):
        tokens.append((start, word, tag))
        start += len(word)
    return tokens


def _cut(tokens: list[tuple[int, str, str]], grammar: Grammar) -> int:
    """Return the index of the first token of the indicator."""
    cut, text = 0, "".join(word for _, word, _ in tokens)
    for i, (offset, word, tag) in enumerate(tokens):
        rest = text[offset - tokens[0][0] + len(word) :]
        if len(rest) < _SHORTEST:
            break
        if grammar.target_share.match(word + rest):
            return i
        if grammar.starts(word + rest, "protected") or tokens[i + 1][1] in grammar.words["joining"]:
            continue
        covered = rest in grammar.words["light"] and i > 0 and tokens[i - 1][2][0] == "n"
        if covered and tokens[i - 1][1] not in grammar.words["adverbs"]:
            break
        if word in grammar.words["extremes"] and rest in grammar.words["generic"]:
            return i
        opens = word in grammar.words["linkers"] or tag[0] == "r" or (word in grammar.words["light"] and len(rest) >= _SHORTEST_NOUN)
        if word in grammar.words["adverbs"] or (opens and rest not in grammar.words["generic"]):
            cut = i + 1
    return cut


def _noun_end(tokens: list[tuple[int, str, str]], grammar: Grammar) -> int:
    """Return where the noun phrase that opens the tokens ends, 0 if they open with none."""
    end, quote, text = 0, False, "".join(word for _, word, _ in tokens)
    for i, (offset, word, tag) in enumerate(tokens):
        after = offset + len(word)
        if word in "“”" or quote:
            if word == "“" and end:
                return end
            quote, end = word != "”", after if word == "”" else end
            continue
        if word in grammar.words["linkers"] or word in grammar.words["joining"] or word == "、":
            closed = end == offset if word in grammar.words["linkers"] else end != offset or offset - tokens[0][0] < _SHORTEST
            if closed:
                return end
            continue
        if word == "(" and not _short_bracket(tokens[i:]):
            return end
        if word in grammar.words["stop"] or (word not in grammar.words["modifiers"] and _closes(word, tag, first=i == 0)):
            return end
        if tag.startswith(_NOUN) or grammar.ends(text[: after - tokens[0][0]], "noun_ends"):
            end = after
    return end


def _closes(word: str, tag: str, *, first: bool) -> bool:
    """Tell whether a word cannot be part of a noun phrase: prepositions, particles, and adverbs of two characters or more."""
    if tag[0] in "pcuyf":
        return True
    return (tag[0] == "d" and len(word) > 1) or (tag[0] == "r" and not first) or (tag[0] == "m" and any(char.isdigit() for char in word))


def _short_bracket(tokens: list[tuple[int, str, str]]) -> bool:
    """Tell whether a bracket opens that only varies the word before it, as in ``社区(村)``."""
    close = next((offset for offset, word, _ in tokens if word == ")"), -1)
    return 0 < close - tokens[0][0] <= _BRACKET + 1


def _clean(text: str) -> str:
    """Return a phrase as a name: without quotation marks and blanks."""
    return _QUOTES.sub("", text).strip("、")
