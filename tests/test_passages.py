"""A list belongs to the sentence that leads it in, and what follows the list to none."""

from __future__ import annotations

import pytest

from kg.domain import load_domain
from kg.extract import find_mentions
from kg.extract.passages import leads
from kg.extract.view import text_document

DOMAIN = load_domain()

CASES = {
    "numbered items": (
        "第三条 公共就业服务机构提供下列服务:\n(一)职业介绍;\n(二)职业指导。\n1.个人测评。\n(三)创业开业指导。\n第四条 经费由财政承担。",
        {"职业介绍": "第三条", "职业指导": "第三条", "个人测评": "第三条", "创业开业": "第三条", "经费由": None},
    ),
    "lines that end with a semicolon": (
        "对下列人员给予补贴:\n脱贫劳动力;\n残疾人;\n失业一年以上人员。\n本办法自印发之日起施行。",
        {"脱贫劳动力": "对下列", "残疾人": "对下列", "失业一年": "对下列", "本办法自": None},
    ),
    "one paragraph": ("补贴对象:\n离校2年内未就业高校毕业生。\n由街道受理。", {"离校2年": "补贴对象", "由街道": None}),
    "a colon inside a line": ("一是补贴:每人每月500元。\n二是培训。", {"二是培训": None}),
    "chapters are no items": (
        "现就有关事项通知如下:\n一、加强培训\n开展培训。\n二、加强服务\n组织招聘。",
        {"开展培训": None, "组织招聘": None},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_list_belongs_to_the_sentence_that_leads_it_in(name: str) -> None:
    text, expected = CASES[name]
    scene, _, _ = find_mentions(text_document(text, DOMAIN), DOMAIN)
    sentences, found = scene.segmentation.sentences, leads(scene)
    for words, lead in expected.items():
        at = found.get(scene.segmentation.sentence_index(scene.view.index(words)))
        assert (None if at is None else scene.view[sentences[at].span.start :][: len(lead or "")]) == lead, words
