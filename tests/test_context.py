"""A text's region, date, issuer, title and number are read from it, never guessed, and the user's word wins."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

_SCENE = runpy.run_path(str(Path(__file__).with_name("text_scene.py")))
scene_of = _SCENE["scene_of"]

REPLY = (
    "辽人社提〔2024〕5号\n王某委员:\n您提出的《关于我省就业的建议》提案收悉,现答复如下:\n近年来,我省持续完善政策。\n"
    "辽宁省人力资源和社会保障厅\n2024年5月23日"
)
REGULATION = (
    "# 北京市就业援助规定\n\n2011年12月23日 北京市第十三届人民代表大会常务委员会第二十九次会议通过\n\n"
    "第一条 为了促进就业,结合本市实际,制定本规定。\n"
)


def test_reply_letter_by_number_and_signature() -> None:
    context = scene_of(REPLY).context
    assert (context.region_name, context.date, context.number) == ("辽宁省", "2024-05-23", "辽人社提〔2024〕5号")
    assert context.issuer is not None
    assert context.issuer.name == "辽宁省人力资源和社会保障厅"
    assert context.document is not None
    assert context.document.id == "doc/辽人社提〔2024〕5号"


def test_regulation_by_title_and_adoption() -> None:
    context = scene_of(REGULATION).context
    assert (context.region_name, context.date, context.title, context.genre) == ("北京市", "2011-12-23", "北京市就业援助规定", "regulation")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("上半年,辽宁全省就业稳定,辽宁省强化就业优先政策。我省推进改革。", "辽宁省"),
        ("根据《辽宁省方案》精神,结合我市实际,推动营口高质量发展,营口市提出如下意见。", "营口市"),
        ("咨询电话:沙洋:8568064、钟祥:6900809、京山:7229821、东宝:2378523。在我市初次办理登记。", "荆门市"),
        ("农业农村部印发方案,要求各地落实就业扶持政策。", None),
        ("我国有多项政策,今年在江苏代表团审议时强调。", None),
        ("咨询广东养老保险转B9市的问题,建议转到我市续保。", None),
        ("湖北省与湖南省、江西省签订协议。", None),
        ("各位代表:我代表县人民政府报告工作。\n全县就业稳定,县人社局帮扶困难人员。\n在中共开化县委领导下前进!", "开化县"),
        (
            "区2023年工作要点\n落实市人社局和区委、区政府部署。上海的区财政局负责。\n普陀区人力资源和社会保障局\n2023年2月15日",
            "上海市普陀区",
        ),
        ("颍上县工作报告\n县委领导有力,县民政局帮扶,上海、杭州务工人员返乡。", "颍上县"),
        ("黑龙江省稳就业新闻发布会\n省委、省政府重视。省人社厅介绍:向山东、江苏、天津、湖北输送劳务,我省就业稳定。", "黑龙江省"),
        ("楚雄州人力资源和社会保障局\n2015年工作总结\n在州委、州政府领导和省人社厅指导下,我局推进工作。", "楚雄彝族自治州"),
        ("新疆生产建设兵团重点任务清单\n兵团党委要求,兵团人社局负责,兵团连队落实。", "新疆生产建设兵团"),
        ("各省、自治区、直辖市人社厅:在长沙举办启动仪式。", None),
        ("广州市工作报告\n市委、市政府要求,市人社局组织,天河区、番禺区的区人社局落实。", "广州市"),
    ],
)
def test_region_is_settled_by_evidence_or_left_open(text: str, region: str | None) -> None:
    assert scene_of(text).context.region_name == region


def test_texts_of_taiwan_and_hong_kong_by_their_offices() -> None:
    taiwan = "(一)協助企業穩定僱用:本院推動方案,勞委會推動計畫,於98年辦理,縣(市)政府合作,公立就業服務機構受理。"
    hong_kong = "勞工處透過全港就業中心提供服務。勞工及福利局與立法會討論,政府會檢討。香港僱員受惠。"
    assert scene_of(taiwan).context.region_name == "台湾"
    assert scene_of(hong_kong).context.region_name == "香港特别行政区"
    assert scene_of(hong_kong).context.script == "Hant"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("'正文', 1, NULL, '2023-09-04 17:08:38'", "2023-09-04"),
        ("正文\n二〇二四年五月二十三日\n", "2024-05-23"),
        ("date: Wed, 02 Feb 2022 08:08:41 GMT\n正文", "2022-02-02"),
        ("中華民國98年4月22日公布,職業訓練機構辦理之。", "2009-04-22"),
        ("本报记者 甲\n7月24日,省政府新闻办召开新闻发布会。2024届毕业生就业稳定。", "2024-07-24"),
        ("政策延续至2025年12月31日。", None),
        (
            "# 某省就业条例\n2004年4月2日 某省人大常委会通过\n2009年1月8日 某省人大常委会修订\n2016年3月3日《关于修改<某条例>的决定》修正\n",
            "2016-03-03",
        ),
        ("某市就业条例\n(2010年5月7日市人大常委会通过 根据2018年9月1日市人大常委会《关于修改部分法规的决定》修正)\n", "2018-09-01"),
        ("# 某省就业条例\n2004年4月2日 某省人大常委会通过\n第一条 根据2018年12月29日修订的《劳动法》,制定本条例。", "2004-04-02"),
        ("就業事宜\n立法會  ─  2013年 4月 24日  \n\n議員問:政府可否告知?", "2013-04-24"),
        ("2024年13月45日", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert scene_of(text).context.date == date


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("上半年就业稳定向好\n正文在此。", "上半年就业稳定向好"),
        ("3846\n青年的失業問題\n9. 議員問政府。", "青年的失业问题"),
        ("辽人社提〔2024〕5号\n对省政协第0437号提案的答复\n委员您好:", "对省政协第0437号提案的答复"),
        ("漳人社〔2016〕405号\n各县(市、区)人社局:\n现通知如下。", None),
        ("第五章 家属安置\n第三十条 安置家属。", None),
        ("(六)立足凝聚人心,增进福祉\n坚持就业优先。", None),
        ("您的位置:首页>办事服务>工伤保险\n工伤保险待遇\n正文。", "工伤保险待遇"),
    ],
)
def test_a_number_or_a_heading_is_no_title(text: str, title: str | None) -> None:
    assert scene_of(text).context.title == title


def test_metadata_win_over_the_text() -> None:
    context = scene_of(REPLY, region="营口市", date="2020-01-01", issuer="营口市人社局", title="别的题目").context
    assert (context.region_name, context.date, context.title) == ("营口市", "2020-01-01", "别的题目")
    assert context.issuer is not None
    assert context.issuer.name == "营口市人力资源和社会保障局"


def test_deictic_levels_resolve_upwards_only() -> None:
    scene = scene_of("根据《辽宁省方案》精神,结合我市实际,推动营口高质量发展,营口市提出如下意见。")
    province, county = scene.context.at("provincial", scene.domain), scene.context.at("county", scene.domain)
    assert province is not None
    assert province.key == "辽宁省"
    assert county is None
