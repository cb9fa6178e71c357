"""Word, PDF, archives and tables give the text that a person would read in them, and the same text is the same document in any of them."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from bad_inputs import packed

from kg.domain import load_domain
from kg.domain.encodings import load_common_characters
from kg.errors import InputError
from kg.read import READERS, discover, load_metadata, read_input
from kg.read.docx import read_docx
from kg.read.docx_numbers import shown_number
from kg.read.lines import Line, running_text
from kg.read.ocr import in_reading_order
from kg.read.pdf import read_pdf
from kg.read.plausible import practical_name
from kg.run import Effort, Options, extract_records
from kg.run.limits import can_fork

COMMON = load_common_characters(load_domain().base)
SENTENCE = "上半年，全省城镇新增就业26.8万人，同比增长5.5%，完成年度目标的58.2%。省人力资源和社会保障厅落实社会保险补贴。"


# Word.


def word(build):
    """Return the bytes of a document that python-docx, which is not ours, writes."""
    import docx

    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_paragraphs_and_tables_in_their_order():
    def build(document):
        document.add_heading("关于促进就业的通知", 1)
        document.add_paragraph(SENTENCE)
        table = document.add_table(3, 3)
        for row, cells in enumerate((("地区", "补贴", "标准"), ("沈阳市", "求职补贴", "1000元"), ("", "培训补贴", "800元\n每人"))):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text
        table.cell(1, 0).merge(table.cell(2, 0))
        inner = table.cell(0, 2).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "内一", "内二"
        document.add_paragraph("特此通知。")

    decoded = read_docx(word(build), "a.docx", COMMON)
    assert decoded.text.split("\n") == [
        "关于促进就业的通知",
        SENTENCE,
        "地区\t补贴\t标准 内一 内二",
        "沈阳市\t求职补贴\t1000元",
        "\t培训补贴\t800元 每人",
        "特此通知。",
        "",
    ]
    assert decoded.findings == ()


def numbered(levels, body):
    w = packed.W
    listed = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text) in enumerate(levels)
    )
    numbering = (
        f'<w:numbering xmlns:w="{w}"><w:abstractNum w:abstractNumId="0">{listed}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles xmlns:w="{w}"><w:style w:styleId="H"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="K"><w:basedOn w:val="H"/></w:style></w:styles>'
    )
    return packed.docx(body, more={"word/numbering.xml": numbering, "word/styles.xml": styles})


def item(text, level=0, number=1, style=""):
    properties = f'<w:pStyle w:val="{style}"/>' if style else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_the_numbers_that_word_counts_are_in_the_text():
    body = (
        item("总体要求")
        + item("目标")
        + item("甲", 1)
        + item("乙", style="K")
        + item("保障")
        + item("丙", 1)
        + item("附", 0, 2)
        + item("点", 2)
    )
    data = numbered([("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("bullet", "•")], body)
    assert read_docx(data, "a.docx", COMMON).text == "一、总体要求\n二、目标\n（一）甲\n（二）乙\n三、保障\n（一）丙\n一、附\n点\n"
    data = numbered([("decimal", "第%1条"), ("decimal", "%1.%2")], item("一") + item("二", 1) + item("三", 1))
    assert read_docx(data, "a.docx", COMMON).text == "第1条一\n1.1 二\n1.2 三\n"


@pytest.mark.parametrize(
    ("number", "kind", "shown"),
    [(10, "chineseCounting", "十"), (21, "japaneseCounting", "二十一"), (105, "chineseCountingThousand", "一百零五"), (1010, "chineseCounting", "一千〇一十"),
     (24, "ideographDigital", "二四"), (28, "lowerLetter", "bb"), (1994, "upperRoman", "MCMXCIV"), (20, "decimalEnclosedCircle", "⑳"),
     (21, "decimalEnclosedCircle", "21"), (7, "unheardOf", "7")],
)  # fmt: skip
def test_formats_of_numbers(number, kind, shown):
    assert shown_number(number, kind) == shown


def test_wrappers_notes_boxes_and_tracked_changes():
    w = packed.W
    run = "<w:r><w:t>{}</w:t></w:r>"
    box = '<w:r><w:pict><w:txbxContent xmlns:w="' + w + '"><w:p>' + run.format("框中") + "</w:p></w:txbxContent></w:pict></w:r>"
    body = (
        f"<w:sdt><w:sdtContent><w:p>{run.format('控件')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run.format('甲')}<w:ins>{run.format('增')}</w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        f"<w:hyperlink>{run.format('链')}</w:hyperlink><w:r><w:tab/><w:t>后</w:t><w:br/><w:t>行</w:t></w:r>{box}</w:p>"
        f"<w:p><w:r><w:t>   </w:t></w:r></w:p>"
    )
    notes = f'<w:footnotes xmlns:w="{w}"><w:footnote w:type="separator"><w:p>{run.format("——")}</w:p></w:footnote><w:footnote><w:p>{run.format("脚注")}</w:p></w:footnote></w:footnotes>'
    decoded = read_docx(packed.docx(body, more={"word/footnotes.xml": notes}), "a.docx", COMMON)
    assert decoded.text == "控件\n甲增链\t后\n行\n框中\n脚注\n"
    assert [finding.code for finding in decoded.findings] == ["revisions"]


def test_a_document_elsewhere_in_its_package():
    assert read_docx(packed.docx(packed.paragraphs("就业"), main="x/main.xml"), "a.docx", COMMON).text == "就业\n"


# PDF.


def set_pages(paragraphs, per_page, header, footer):
    """Set paragraphs on pages that end wherever they are full."""
    lines = [line for paragraph in paragraphs for line in packed.set_lines(paragraph)]
    pages = []
    for number, start in enumerate(range(0, len(lines), per_page), 1):
        body = [(90.0 + 12 * indent, 760.0 - 22 * n, 12.0, line) for n, (indent, line) in enumerate(lines[start : start + per_page])]
        pages.append([(90.0, 815.0, 9.0, header.format(number)), *body, (290.0, 30.0, 9.0, footer.format(number))])
    return pages


@pytest.mark.parametrize(("header", "footer"), [("辽宁省人民政府公报", "— {} —"), ("公报 第{}期", "第{}页"), ("稳就业文件", "{}")])
@pytest.mark.parametrize("per_page", [5, 17, 33])
def test_lines_become_paragraphs_and_headers_go(seeds, header, footer, per_page):
    printed = 0
    for path in sorted(seeds.glob("*.txt")):
        paragraphs = ["".join(line.split()) for line in path.read_text(encoding="utf-8").split("\n")]
        paragraphs = [line for line in paragraphs if len(line) > 12 and "://" not in line]  # no markup, and no bare numbers
        pages = set_pages(paragraphs, per_page, header, footer)
        if len(pages) == 1:
            continue
        printed += 1
        assert read_pdf(packed.pdf(pages), "a.pdf", COMMON).text.split("\n")[:-1] == paragraphs
    assert printed >= 2


def test_on_a_single_page_only_a_bare_number_is_known_for_what_it_is():
    def read(footer):
        return read_pdf(packed.pdf(set_pages([SENTENCE], 20, "公报", footer)), "a.pdf", COMMON).text

    assert read("- 1 -") == f"公报\n{SENTENCE}\n"
    assert read("第1页") == f"公报\n{SENTENCE}\n第1页\n"


def test_a_number_at_the_end_of_a_page_may_be_a_text_of_its_own():
    line = Line("2024", 0, 90, 120, 400, 412, 12, 842)
    assert running_text([line], 1) == "2024\n"


def test_cells_of_a_printed_table_are_set_apart():
    rows = [(90.0, 700.0, 12.0, "地区"), (300.0, 700.0, 12.0, "标准"), (90.0, 670.0, 12.0, "沈阳市"), (300.0, 670.0, 12.0, "1000元")]
    assert read_pdf(packed.pdf([rows]), "a.pdf", COMMON).text == "地区\t标准\n沈阳市\t1000元\n"


def test_latin_words_keep_their_blanks_and_lose_their_hyphens():
    def line(text, n, right=500.0):
        return Line(text, 0, 90.0, right, 700.0 - 15 * n, 712.0 - 15 * n, 12.0, 842.0)

    assert running_text([line("the employ-", 0), line("ment of grad", 1), line("uates", 2, 200.0)], 1) == "the employment of grad uates\n"


def test_pages_of_an_article_with_other_sizes():
    lines = [
        Line("关于做好毕业生就业创业工作的若干措施", 0, 90.0, 498.0, 760.0, 784.0, 24.0, 842.0),
        Line("一、对招用毕业生的企业给予补贴，补贴标准按照每人一千元确定，", 0, 114.0, 498.0, 700.0, 712.0, 12.0, 842.0),
        Line("由所在地人社部门发放。", 0, 90.0, 220.0, 680.0, 692.0, 12.0, 842.0),
        Line("二、其他。", 0, 114.0, 180.0, 660.0, 672.0, 12.0, 842.0),
    ]
    assert running_text(lines, 1).count("\n") == 3
    assert "确定，由所在地" in running_text(lines, 1)


# Scanned pages.


def drawn(text):
    """Return a PDF whose only page is a picture of a text, drawn with the characters of another PDF's page."""
    import pypdfium2 as pdfium

    page = pdfium.PdfDocument(text)[0].render(scale=2).to_pil() if isinstance(text, bytes) else text
    out = io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()


def test_scanned_pages_are_recognised_where_the_extra_is(monkeypatch):
    """The recogniser here is a stand-in; the test below runs the real one."""
    lines = [
        Line("一、对招用高校毕业生的企业给予社会保险补贴，每人", 0, 114.0, 498.0, 700.0, 712.0, 12.0, 842.0),
        Line("一千元。", 0, 90.0, 140.0, 680.0, 692.0, 12.0, 842.0),
    ]
    monkeypatch.setattr("kg.read.ocr.recogniser", lambda: lambda _, index: lines if index == 0 else [])
    decoded = read_pdf(packed.pdf([[], []], pictures=True), "a.pdf", COMMON)
    assert decoded.text == "一、对招用高校毕业生的企业给予社会保险补贴，每人一千元。\n"
    assert [finding.code for finding in decoded.findings] == ["ocr"]


def test_boxes_are_read_from_top_to_bottom_and_left_to_right():
    boxes = [
        Line("右", 0, 300, 320, 700, 712, 12, 842),
        Line("下", 0, 90, 110, 670, 682, 12, 842),
        Line("左", 0, 90, 110, 701, 713, 12, 842),
    ]
    assert [line.text for line in in_reading_order(boxes)] == ["左\t右", "下"]


def test_the_real_recogniser():
    pytest.importorskip("rapidocr", reason="the extra [ocr] is not installed")
    image_draw = pytest.importorskip("PIL.ImageDraw")
    from PIL import Image, ImageFont

    font = next(
        (path for path in Path("/usr/share/fonts").rglob("*") if path.suffix in {".ttc", ".otf", ".ttf"} and "wqy" in path.name.lower()),
        None,
    )
    if font is None:
        pytest.skip("no Chinese font: install fonts-wqy-microhei")
    page = Image.new("RGB", (1240, 1754), "white")
    drawing = image_draw.Draw(page)
    drawing.text((150, 200), "对高校毕业生给予一次性求职补贴", font=ImageFont.truetype(str(font), 40), fill="black")
    text = read_pdf(drawn(page), "a.pdf", COMMON).text
    assert "高校毕业生给予一次性求职补贴" in text


# Archives and tables.


def read_all(folder, *tables):
    found = discover([folder], READERS)
    metadata = load_metadata([*found.tables, *tables])
    return {one.source: read_input(one, COMMON, metadata.of(one)) for one in found.inputs}


@pytest.fixture
def in_every_form(tmp_path):
    """Write the same three texts as files, members, lines, cells and Parquet rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [f"{SENTENCE}\n\n“{n}”，\n" for n in range(3)]
    folders = {}
    for form in ("txt", "zip", "jsonl", "csv", "parquet"):
        folders[form] = tmp_path / form / "in"
        folders[form].mkdir(parents=True)
    for n, text in enumerate(texts):
        (folders["txt"] / f"{n}.txt").write_bytes(text.encode())
    (folders["zip"] / "t.zip").write_bytes(packed.zipped({f"{n}.txt": text.encode() for n, text in enumerate(texts)}))
    (folders["jsonl"] / "t.jsonl").write_text(
        "\n".join(json.dumps({"id": n, "正文": text}) for n, text in enumerate(texts)), encoding="utf-8"
    )
    cells = "".join(f'{n},"{text}"\r\n' for n, text in enumerate(texts))
    (folders["csv"] / "t.csv").write_bytes(b"\xef\xbb\xbf" + f"id,Full_Text\r\n{cells}".encode())
    pq.write_table(pa.table({"id": [0, 1, 2], "text": texts}), folders["parquet"] / "t.parquet", row_group_size=2)
    return folders


def test_the_same_texts_are_the_same_documents_in_every_form(in_every_form):
    read = {form: [(raw.sha256, raw.text) for raw in read_all(folder).values()] for form, folder in in_every_form.items()}
    assert len(read["txt"]) == 3
    for form in ("zip", "jsonl", "csv", "parquet"):
        assert read[form] == read["txt"], form


@pytest.mark.skipif(not can_fork(), reason="workers are made by fork")
def test_rows_and_members_are_read_by_workers(in_every_form):
    records = {}
    for form, folder in in_every_form.items():
        for workers in (0, 2):
            made = extract_records([folder], Options(effort=Effort(workers=workers))).records
            for record in made:
                record["doc"]["source"] = ""
            records[form, workers] = sorted(made, key=lambda one: one["doc"]["id"])
    assert all(made == records["txt", 0] for made in records.values())


def test_sources_sort_as_the_rows_stand(tmp_path):
    lines = [json.dumps({"text": f"{SENTENCE}{n}"}) for n in range(12)]
    (tmp_path / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [raw.text.strip()[-2:].lstrip("。") for raw in read_all(tmp_path).values()] == [str(n) for n in range(12)]
    assert next(iter(read_all(tmp_path))).endswith("/t.jsonl:01")


def test_columns_state_what_they_are_known_for(tmp_path):
    row = {
        "标题": "通知",
        "成文日期": "2024年7月4日",
        "发文机关": "辽宁省人民政府\n",
        "Region": "辽宁省",
        "链接": "http://x/",
        "other": 1,
        "text": SENTENCE,
    }
    (tmp_path / "t.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (raw,) = read_all(tmp_path).values()
    assert raw.metadata == {"title": "通知", "date": "2024-07-04", "issuer": "辽宁省人民政府", "region": "辽宁省", "url": "http://x/"}
    (tmp_path / "metadata.tsv").write_text("path\tregion\tdate\nt.jsonl\t大连市\t\nt.jsonl:1\t\t2023-01-01\n", encoding="utf-8")
    (raw,) = read_all(tmp_path).values()
    assert (raw.metadata["region"], raw.metadata["date"], raw.metadata["title"]) == ("大连市", "2023-01-01", "通知")


def test_dates_of_parquet_columns(tmp_path):
    from datetime import date, datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["甲" + SENTENCE], "date": [date(2024, 7, 4)]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"text": ["乙" + SENTENCE], "date": [datetime(2024, 7, 4, 5, 6)]}), tmp_path / "b.parquet")  # noqa: DTZ001 - as files hold them
    assert {raw.metadata["date"] for raw in read_all(tmp_path).values()} == {"2024-07-04"}


def test_a_page_in_a_column_is_read_as_a_page(tmp_path):
    (tmp_path / "t.jsonl").write_text(json.dumps({"html": f"<nav>菜单</nav><p>{SENTENCE}</p>"}), encoding="utf-8")
    (raw,) = read_all(tmp_path).values()
    assert (raw.text, raw.html) == (SENTENCE + "\n", True)


def test_parquet_without_its_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (one,) = discover([tmp_path], READERS).inputs
    assert one.problem.code == "needs-extra"
    assert "policy-measure-kg[parquet]" in str(one.problem)


def test_a_member_without_a_name_costs_only_itself(tmp_path):
    """Found by coverage-guided fuzzing: Python's own look at the last letter of a name fails on an empty one."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", SENTENCE)
        archive.writestr(zipfile.ZipInfo(""), SENTENCE + "二")
    found = discover([tmp_path / "a.zip"], READERS)
    assert [one.source.rpartition("/")[2] for one in found.inputs] == ["a.txt"]
    assert len(found.skipped) == 1


def test_a_parquet_text_that_is_not_utf8_costs_its_own_row(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = pa.array([SENTENCE.encode(), b"\xff\xfe" + SENTENCE.encode("utf-16-le"), SENTENCE.encode() + b"!"], pa.binary()).view(
        pa.string()
    )
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    found = discover([tmp_path], READERS).inputs
    assert [read_input(found[n], COMMON).text for n in (0, 2)] == [SENTENCE, SENTENCE + "!"]
    with pytest.raises(InputError, match="UTF-8") as caught:
        read_input(found[1], COMMON)
    assert caught.value.code == "row"


def test_a_parquet_column_whose_name_is_damaged_is_named(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"text": [SENTENCE]}), tmp_path / "a.parquet", store_schema=False)
    data = (tmp_path / "a.parquet").read_bytes()
    at = data.rindex(b"text")  # the path of the column in the row group
    (tmp_path / "a.parquet").write_bytes(data[:at] + b"\x8c" + data[at + 1 :])
    (one,) = discover([tmp_path], READERS).inputs
    with pytest.raises(InputError) as caught:
        read_input(one, COMMON)
    assert caught.value.code == "corrupt"


def test_a_label_with_a_null_character_names_no_encoding():
    assert practical_name("gb\0k") is None


def test_a_large_table_is_listed_without_its_texts(tmp_path):
    with (tmp_path / "t.csv").open("w", encoding="utf-8") as file:
        file.write("text,region\n")
        file.writelines(f'"{SENTENCE}\n{n}",辽宁省\n' for n in range(20_000))
    found = discover([tmp_path], READERS).inputs
    assert len(found) == 20_000
    assert read_input(found[19_999], COMMON).text == f"{SENTENCE}\n19999"
    assert found[19_999].source.endswith(":40000")


def test_results_of_a_build_are_no_texts_unless_they_are_named(tmp_path):
    for name in ("records.jsonl", "nodes.csv", "edges.csv"):
        (tmp_path / name).write_text(json.dumps({"text": SENTENCE}), encoding="utf-8")
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    found = discover([tmp_path], READERS)
    assert [one.reason for one in found.skipped] == ["output"] * 3
    assert len(discover([tmp_path / "records.jsonl"], READERS).inputs) == 1


def test_an_unclosed_quotation_mark_spoils_its_own_row(tmp_path):
    (tmp_path / "t.csv").write_text(f'text\n甲{SENTENCE}\n"乙{SENTENCE}\n丙{SENTENCE}\n', encoding="utf-8")
    found = discover([tmp_path], READERS).inputs
    assert len(found) == 3
    assert read_input(found[2], COMMON).text.startswith("丙")
    with pytest.raises(InputError) as caught:
        read_input(found[1], COMMON)
    assert caught.value.code == "row"


def test_larger_limits_can_be_asked_for(tmp_path):
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    (tmp_path / "b.zip").write_bytes(packed.zipped({"b.txt": ("乙" + SENTENCE).encode()}))
    for largest, code in ((10, "too-large"), (10_000, None)):
        for one in discover([tmp_path], READERS, largest).inputs:
            if code is None:
                assert read_input(one, COMMON, largest=largest).text
                continue
            with pytest.raises(InputError) as caught:
                read_input(one, COMMON, largest=largest)
            assert caught.value.code == code


def test_an_answer_with_its_header(tmp_path):
    page = f"<html><body><p>{SENTENCE}</p></body></html>".encode("gbk")
    (tmp_path / "a.html").write_bytes(b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html; charset=GBK\r\n\r\n" + page)
    (raw,) = read_all(tmp_path).values()
    assert (raw.text, raw.findings) == (SENTENCE + "\n", ())


def test_reading_opens_no_file_but_its_own(in_every_form, monkeypatch):
    """Word documents and archives may name other files; none is opened, and none written."""
    folder = in_every_form["txt"]
    (folder / "a.docx").write_bytes(packed.docx(packed.paragraphs(SENTENCE)))
    (folder / "b.pdf").write_bytes(packed.pdf([packed.set_page(SENTENCE * 2)]))
    read_all(folder)  # what is imported at first use is imported
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: opened.append(Path(os.fsdecode(path))) or real(path, *rest, **more))
    read_all(folder)
    assert {path.parent for path in opened} == {folder}
