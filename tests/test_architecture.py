"""``kg/`` holds code and knows no Chinese word; nothing in the repository knows a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "kg").rglob("*.py"))
IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

#: First and last code points of the CJK blocks say which code points are Chinese; they are no words.
BOUNDS = re.compile("[\u3400\u4e00]-[\u4dbf\u9fa5\u9fff]|^[\u3400\u4e00\u9fa5\u9fff]$")


def literals_with_ideographs(source: str) -> list[tuple[int, str]]:
    """Return line and value of each string literal, docstrings apart, that holds an ideograph."""
    tree = ast.parse(source)
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docstrings.add(id(first.value))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and IDEOGRAPH.search(BOUNDS.sub("", node.value))
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_code_knows_no_chinese_word(path: Path) -> None:
    assert literals_with_ideographs(path.read_text(encoding="utf-8")) == []


def test_the_check_itself_sees_words_and_spares_docstrings() -> None:
    assert literals_with_ideographs('"""就业"""\nx = "《、。"  # 就业\n') == []
    assert literals_with_ideographs('x = f"{1}就业"\n') == [(1, "就业")]
    assert literals_with_ideographs('x = "[一-龥]" if "一" <= y else "十"\n') == [(1, "十")]
    assert literals_with_ideographs('x = "\\u5c31"\n') == [(1, "就")]


def test_no_path_of_a_machine_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    ).stdout.split(b"\0")
    marks = (b"/home" + b"/", b"/Users" + b"/", b"/root" + b"/", b"file:" + b"///")
    found = [
        name.decode()
        for name in listed
        if name and (ROOT / name.decode()).is_file() and any(mark in (ROOT / name.decode()).read_bytes() for mark in marks)
    ]
    assert found == []


@pytest.mark.parametrize(
    "heavy", ["networkx", "pyoxigraph", "rdflib", "pyshacl", "trafilatura", "lxml", "selectolax", "spacy", "jieba", "rjieba", "numpy"]
)
def test_the_start_of_the_command_line_loads_nothing_heavy(heavy: str) -> None:
    code = f"import sys, kg, kg.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
