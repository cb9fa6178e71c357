"""Decide why one entity or relation was missed or found wrongly: from the record, the gold, the text and what other texts teach.

``bench/errors.py`` counts and shows the causes. Nothing is judged by hand, and no cause is a guess: each is a condition on the data.
"""

from __future__ import annotations

from math import exp

import numpy as np

from bench import train, train_pairs
from kg.extract import own_mention
from kg.extract.context import resolve_context
from kg.extract.network import Judge
from kg.extract.pairs import SIGNATURES, Pair, make_layout
from kg.extract.phrases import lattice_of
from kg.extract.relate import _PLACE_NAMES, score
from kg.extract.scene import Scene
from kg.extract.segment import segment
from kg.extract.settle import _SWALLOWED_BY
from kg.extract.spans import LONGEST
from kg.extract.tokens import tokenise
from kg.extract.view import to_view
from kg.model import ENTITY_TYPES, Claim, Entity, Mention, Span

ASIDE = ("d023", "d031", "d047", "d081", "d084")
PREDICATES = ("issuedBy", "basedOn", "implementedBy", "targets", "hasMeasure", "partOf", "hasObservation")
CORE = ("Agency", "Program", "TargetGroup", "Measure")
#: Verbs whose objects are aims and principles by the guide, not measures.
AIMS = frozenset(["完善", "健全", "强化", "加强", "优化", "提升", "提高", "促进", "推动", "坚持", "深化", "增强", "营造", "形成"])
#: A probability of at least this share of its threshold is near it; names this close are the same words.
NEAR, ALIKE = 0.5, 0.9
NUMBER = "value, unit or name of the number differ"


def first_name(raw):
    return train.listed(raw["name"])[0]


def endings(domain):
    """Return the texts to learn from in which a word is the last one of a gold mention, by type and word."""
    held: dict[tuple[str, str], set[str]] = {}
    for path in train.text_paths(ASIDE):
        document = train.load(path, domain)
        tokens = tokenise(document.view)
        for mention in train_pairs.gold_mentions(document, train.read_gold(path), domain):
            last = tokens.index.get(mention.span.end)
            if last:
                held.setdefault((mention.entity.type, tokens.words[last - 1]), set()).add(path.stem)
    return held


class Case:
    """Hold one text with its gold annotation and its record, both as mentions in the view."""

    def __init__(self, gold, record, domain, model_domain=None):
        kit = train_pairs.scorer()
        self.kit, self.gold, self.record, self.doc, self.models = kit, gold, record, gold["doc"], model_domain
        document = train.load(train.EVAL / "texts" / f"{self.doc}.txt", domain)
        segmentation = segment(document, domain)
        self.scene = Scene(document, segmentation, resolve_context(document, segmentation, domain), domain)
        self.lattice = lattice_of(self.scene)
        self.allowed = self._allowed()
        self.ours = {n["id"]: kit.Entity(n, record["text"]) for n in record["nodes"]}
        self.theirs = {e["id"]: kit.Entity(e, record["text"]) for e in gold["entities"]}
        self.paired = kit.pair(list(self.theirs.values()), list(self.ours.values()), kit.RELAXED)
        self.back = {gid: id_ for id_, gid in self.paired.items()}
        self.places: dict[str, list[Mention]] = {}
        for mention in train_pairs.gold_mentions(document, gold, domain):
            self.places.setdefault(mention.entity.id, []).append(mention)
        self.found = sorted((m for n in record["nodes"] for m in self._mentions(n)), key=lambda m: (m.span, m.entity.type, m.entity.id))
        self.edges = {(e["subject"], e["predicate"], e["object"]): e["rule"] for e in record["edges"] if e["predicate"] in PREDICATES}
        self.proposed: dict[tuple[str, str, str], list[Pair]] = {}
        for pair in make_layout(self.scene, self.lattice, self.found, own_mention(self.scene, self.found), self._known()).pairs():
            self.proposed.setdefault((pair.subject.entity.id, pair.predicate, pair.object.entity.id), []).append(pair)

    def _mentions(self, node):
        extra = {k: v for k, v in node.items() if k not in {"id", "type", "name", "mentions", "confidence", "rule", "aliases"}}
        entity = Entity(node["id"], node["type"], node["name"], extra)
        origin = self.scene.document.origin
        spans = [Span(to_view(origin, a), to_view(origin, b)) for a, b in node["mentions"]]
        return [Mention(span, entity, node["rule"], node["confidence"]) for span in spans if len(span)]

    def _known(self):
        claims = [(e["subject"], e) for e in self.record["edges"]] + [(self.record["doc"]["id"], e) for e in self.record["textClaims"]]
        return [Claim(s, e["predicate"], e["object"], (), e["confidence"], e["rule"]) for s, e in claims]

    def _allowed(self):
        starts = self.lattice.tokens.starts
        return {Span(starts[i], starts[j + 1]): (i, j) for i, j in self.lattice.spans()}

    def overlapping(self, mentions, spans, types):
        """Return the mentions of some types that overlap one of the spans, the largest overlap first, each with that span."""
        hits = [(m, s) for m in mentions if m.entity.type in types for s in spans if m.span.overlaps(s)]
        return sorted(hits, key=lambda h: (max(h[0].span.start, h[1].start) - min(h[0].span.end, h[1].end), h[0].span))

    def alike(self, entity, name):
        """Tell whether a name is nearly one of the forms of a gold or found entity."""
        return any(self.kit.similar(form, self.kit.norm(name)) >= ALIKE for form in entity.forms)

    def label(self, id_):
        raw = (self.theirs.get(id_) or self.ours[id_]).raw
        return first_name(raw)


def border(found, gold):
    """Say how a found span's borders differ from the gold ones."""
    left = "" if found.start == gold.start else "too long at the left" if found.start < gold.start else "too short at the left"
    right = "" if found.end == gold.end else "too long at the right" if found.end > gold.end else "too short at the right"
    return "border: " + (" and ".join(filter(None, (left, right))) or "the same words under another name")


def missed_entity(case, entity, known_endings):
    """Return why a gold entity was not found."""
    spans = [m.span for m in case.places.get(entity.id, ())]
    if not spans:
        return "stands only inside longer gold names"
    same = case.overlapping(case.found, spans, {entity.type})
    free = [(m, s) for m, s in same if m.entity.id not in case.paired]
    if free:
        return NUMBER if entity.type == "Observation" else border(free[0][0].span, free[0][1])
    if same:
        mention, span = same[0]
        if mention.span == span:
            return "found, but merged into another gold entity"
        return "one found span over several gold entities" if mention.span.covers(span) else "its place is taken by a neighbour's span"
    return not_taken(case, entity, spans, known_endings)


def not_taken(case, entity, spans, known_endings):
    """Return why nothing of its type was found where a gold entity stands."""
    type_ = entity.type
    others = case.overlapping(case.found, spans, set(ENTITY_TYPES) - {type_})
    for mention, span in others:
        if mention.span == span or (mention.entity.id not in case.paired and case.alike(entity, mention.entity.name)):
            right = ", which is right too" if mention.entity.id in case.paired else ""
            return f"wrong type: found as {mention.entity.type}{right}"
    if any(m.span.covers(s) and m.entity.type in _SWALLOWED_BY.get(type_, ()) for m, s in others):
        return "inside a longer found name"
    if type_ not in train.TYPES:
        return "no rule found it"
    usable = [case.allowed[s] for s in spans if s in case.allowed]
    if not usable:
        return "no span: " + obstacle(case, spans[0])
    if any(case.scene.domain.lexicon.get(type_, case.scene.text(s)) for s in spans):
        why = "a name that the lexicon has"
    else:
        last = {case.lattice.words[j].text for _, j in usable}
        taught = any(known_endings.get((type_, word), set()) - {case.doc} for word in last)
        why = f"its last word ends {'some' if taught else 'none'} in other texts"
    return f"{span_margin(case, usable, type_)}: {why}"


def obstacle(case, span):
    """Say why the lattice holds no such span."""
    index = case.lattice.tokens.index
    if span.start not in index or span.end not in index:
        return "its border is inside a word"
    first, last = index[span.start], index[span.end] - 1
    if not any(a <= first and last < b for a, b in case.lattice.tokens.clauses):
        return "a sign or line break inside"
    return "longer than the longest" if last - first >= LONGEST else "begins or ends with a word that may not"


def under(probability, threshold):
    """Say how a probability stands to its threshold."""
    if probability >= threshold:
        return "over the threshold, but dropped afterwards"
    return f"{'just' if probability >= NEAR * threshold else 'far'} under the threshold"


def span_margin(case, spans, type_):
    """Say how far under the first look's threshold the likeliest of the spans is, if there are models that have not seen the text."""
    if case.models is None:
        return "under the threshold"
    model = case.models.span_model
    column = model.types.index(type_)
    held = sorted(set(spans))
    logits = [sum(model.weights[f][column] for f in [*row, "B"] if f in model.weights) for row in train.features(case.lattice, held)]
    if case.models.network is not None:
        first, last = np.array(held).T
        judged = Judge(case.models.network).logits(case.lattice, first, last)[:, column]
        logits = [(one + float(other)) / 2 for one, other in zip(logits, judged, strict=True)]
    best = 1 / (1 + exp(-min(max(*logits, -30.0, -30.0), 30.0)))
    return (
        under(best, model.thresholds[column]) if best < model.thresholds[column] else "turned down by the second look or dropped afterwards"
    )


def wrong_entity(case, node):
    """Return why something was found that gold does not have."""
    spans = [m.span for m in case.found if m.entity.id == node.id]
    gold = [m for held in case.places.values() for m in held]
    same = case.overlapping(gold, spans, {node.type})
    free = [(m, s) for m, s in same if m.entity.id not in case.back]
    if free:
        return NUMBER if node.type == "Observation" else border(free[0][1], free[0][0].span)
    if same:
        entity = case.theirs[same[0][0].entity.id]
        again = case.kit.closeness(entity, node) >= case.kit.RELAXED
        return "a second name of an entity found already" if again else "piece or extension of an entity found already"
    for mention, span in case.overlapping(gold, spans, set(ENTITY_TYPES) - {node.type}):
        if mention.span == span or case.alike(node, mention.entity.name):
            right = ", found too" if mention.entity.id in case.back else ""
            return f"wrong type: gold has it as {mention.entity.type}{right}"
    return "spurious: " + surroundings(case, spans, gold)


def surroundings(case, spans, gold):
    """Say where something stands that gold has nowhere."""
    segmentation, index = case.scene.segmentation, case.lattice.tokens.index
    sentences = {segmentation.sentence_index(span.start) for span in spans}
    if all(segmentation.sentences[i].is_heading for i in sentences):
        return "only in headings"
    first = [index[span.start] for span in spans if span.start in index]
    verbs = {case.lattice.words[i].text for i in first} | {g[0] for i in first if (g := case.lattice.governor(i))}
    if verbs & AIMS:
        return "an aim (verb of the guide's aims)"
    core = {segmentation.sentence_index(m.span.start) for m in gold if m.entity.type in CORE}
    return "beside gold entities in its sentence" if sentences & core else "background (nothing of the four types in its sentence)"


def apart(case, subject, object_):
    """Say where the nearest mentions of two found entities stand to each other."""
    segmentation = case.scene.segmentation
    ends = [{segmentation.sentence_index(m.span.start) for m in case.found if m.entity.id == id_} for id_ in (subject, object_)]
    pairs = sorted((abs(a - b), a, b) for a in ends[0] for b in ends[1])
    if not pairs:
        return "an end has no place"
    if pairs[0][0] == 0:
        return "same sentence"
    for here, there in (ends, ends[::-1]):
        headings = {segmentation.sentence_index(h.start) for i in here for h in segmentation.headings(i)}
        if headings & there:
            return "heading"
    if any(segmentation.sentences[a].paragraph == segmentation.sentences[b].paragraph for _, a, b in pairs):
        return "same paragraph"
    same = any(segmentation.sentences[a].section == segmentation.sentences[b].section for _, a, b in pairs)
    return "same section, other paragraph" if same else "further away"


def place_of(pair):
    return _PLACE_NAMES.get(next(f for f in pair.features if "@" in f).partition("@")[2][:3], "sentence")


def missed_relation(case, subject, predicate, object_):
    """Return why a gold relation was not found."""
    lost = [name for name, end in (("subject", subject), ("object", object_)) if end not in case.back]
    if lost:
        return "both ends missed" if len(lost) > 1 else f"its {lost[0]} was missed"
    key = (case.back[subject], predicate, case.back[object_])
    pairs = case.proposed.get(key, ())
    if pairs:
        order = ("sentence", "inside", "before", "heading", "list", "after", "duties", "document", "lead", "region", "rules")
        place = min(map(place_of, pairs), key=order.index)
        margin = "under the threshold"
        if case.models is not None:
            model = case.models.pair_model
            column = model.types.index(predicate)
            margin = under(max(score(model, pair, column) for pair in pairs), model.thresholds[column])
        return f"proposed, but {margin} ({place})"
    where = apart(case, key[0], key[2])
    if predicate in SIGNATURES:
        return f"ends found, pair not proposed ({where})"
    if predicate == "hasObservation":
        chosen = sorted({s for s, p, o in case.edges if p == predicate and o == key[2]})
        if chosen:
            return f"the number went to another subject: {case.ours[chosen[0]].type}, not {case.ours[key[0]].type} ({where})"
        return f"the number has no subject ({where})"
    return f"ends found, no rule granted it ({where})"


def wrong_relation(case, edge, gold):
    """Return why a relation was found that gold does not have."""
    subject, predicate, object_ = edge
    lost = [(name, end) for name, end in (("subject", subject), ("object", object_)) if end not in case.paired]
    if len(lost) > 1:
        return "both ends are wrong"
    if lost:
        again = any(case.kit.closeness(g, case.ours[lost[0][1]]) >= case.kit.RELAXED for g in case.theirs.values())
        return f"its {lost[0][0]} is {'a second name of an entity found already' if again else 'no gold entity'}"
    s, o = case.paired[subject], case.paired[object_]
    place = case.edges[edge].rpartition("-")[2]
    if any((s, p, o) in gold or (o, p, s) in gold for p in PREDICATES):
        return f"gold has the two in another relation ({place})"
    if predicate in {"hasObservation", "hasMeasure"}:
        other = any(p == predicate and x == o for _, p, x in gold)
        return f"wrong subject: gold gives it to another ({place})" if other else f"not granted: gold has no subject for it ({place})"
    other = any(p == predicate and x == s for x, p, _ in gold)
    return f"wrong object: gold gives the subject another ({place})" if other else f"not granted: gold has none for the subject ({place})"
