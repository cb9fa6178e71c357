"""A text's several names for one measure are one node, and names that only look alike stay apart."""

import pytest

from kg.domain import load_domain
from kg.extract.variants import join_variants
from kg.model import Entity, Mention, Span


def mention(name, start, type_="Measure"):
    return Mention(Span(start, start + len(name)), Entity(f"{type_}/{name}", type_, name, {}), "test")


def names(*found):
    return [m.entity.name for m in join_variants([mention(name, 100 * i) for i, name in enumerate(found)], load_domain())]


@pytest.mark.parametrize(
    ("found", "joined"),
    [
        (["一次性求职补贴", "发放一次性求职补贴"], ["一次性求职补贴", "一次性求职补贴"]),
        (["就业援助制度", "就业援助"], ["就业援助", "就业援助"]),
        (["公益性岗位补贴", "岗位补贴"], ["公益性岗位补贴", "公益性岗位补贴"]),
        (["岗位补贴", "公益性岗位补贴"], ["岗位补贴", "公益性岗位补贴"]),
        (["公益性岗位补贴", "企业岗位补贴", "岗位补贴"], ["公益性岗位补贴", "企业岗位补贴", "岗位补贴"]),
        (["一次性岗位补贴", "岗位补贴"], ["一次性岗位补贴", "岗位补贴"]),
        (["考核和监督检查", "监督检查"], ["考核和监督检查", "监督检查"]),
        (["补贴性职业技能培训", "职业技能培训"], ["补贴性职业技能培训", "职业技能培训"]),
    ],
)
def test_variants_are_joined_to_the_plain_name_only(found, joined):
    assert names(*found) == joined


def test_other_types_stay_as_they_are():
    group = mention("发放就业援助", 0, "TargetGroup")
    assert join_variants([group, mention("就业援助", 10)], load_domain())[0] == group
