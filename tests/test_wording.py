"""The words that name a number: the sums that choose them are those of the features that the weights were learnt from."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.extract import find_mentions
from kg.extract.letters import LONGEST, Letters
from kg.extract.name_weights import NameWeights
from kg.extract.naming import is_name
from kg.extract.observations import find_observations
from kg.extract.view import text_document
from kg.extract.weighing import KindWeights, features, judge

if TYPE_CHECKING:
    from kg.extract.scene import Scene
    from kg.model import Mention

DOMAIN = load_domain()
SEEDS = sorted((Path(__file__).resolve().parent.parent / "seeds").glob("*.txt"))
TEXTS = [
    *(path.read_text("utf-8")[:3000] for path in SEEDS),
    "对“灵活就业 人员”给予不超过24个月的社会保险补贴,每人每月300元;的、1.5万人的、的补贴。",
    "的,3万人就业。",
    "补贴标准从每人380元提高至1000元,按实际缴费的2/3补贴,期限最长3年。",
]


def read(text: str) -> tuple[Scene, list[Mention]]:
    """Return the scene of a text, and its mentions that are no observations."""
    scene, _, mentions = find_mentions(text_document(text, DOMAIN), DOMAIN)
    return scene, [mention for mention in mentions if mention.entity.type != "Observation"]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_scores_are_the_sums_of_the_features_of_training(text):
    weights = DOMAIN.name_model.thousandths
    table, seen = NameWeights(weights), []

    def named(wording):
        expected = [sum(weights.get(feature, (0,))[0] for feature in wording.features(candidate)) for candidate in wording.candidates]
        assert table.scores(wording) == expected
        best = max(range(len(expected)), key=lambda i: (expected[i], -i))
        chosen, likely = wording.best(table)
        assert chosen == wording.candidates[best]
        assert 0 < likely <= 1
        assert wording.best(weights) == (chosen, likely)
        seen.append(chosen)
        return chosen, likely

    scene, taken = read(text)
    assert find_observations(scene, taken, None, named) == find_observations(scene, taken)
    assert seen


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_kinds_are_those_of_the_features_of_training(text, monkeypatch):
    scene, taken = read(text)
    expected = find_observations(scene, taken, lambda found, _: judge(found, DOMAIN.kind_model))
    seen, plain = [], KindWeights.judge

    def judged(self, *arguments):
        answer = plain(self, *arguments)
        assert answer == judge(features(*arguments), DOMAIN.kind_model)
        seen.append(answer)
        return answer

    monkeypatch.setattr(KindWeights, "judge", judged)
    assert find_observations(scene, taken) == expected
    assert seen


def test_letters_tell_names_as_is_name_does():
    chance = random.Random(1)  # noqa: S311 - any sequence will do
    for _ in range(400):
        view = "".join(chance.choices("就业补贴的之、,a1２①“” \n×/|", k=chance.randint(1, 60)))
        start = chance.randint(0, min(5, len(view)))
        letters = Letters(view, start, len(view))
        for _ in range(20):
            first, last = sorted(chance.choices(range(start, len(view) + 1), k=2))
            name = view[first:last].translate(dict.fromkeys(map(ord, "“”‘’\"' \t\n"))).strip("的之、")
            found = letters.name(letters.first(first, "的之、"), letters.last(last, "的之、"))
            assert found == (name if len(name) <= LONGEST and is_name(name) else "")
