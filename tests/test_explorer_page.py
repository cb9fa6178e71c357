"""The page's frame lets nothing run and nothing be asked for but what it brings itself; the installed package brings its parts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re

import pytest

from kg.export.html import data_block, page


@pytest.mark.smoke
def test_data_never_becomes_markup():
    hostile = {"a": "</script><script>alert(1)</script>", "<b>": ["<!--", "]]>", "&lt;", "\u2028", "<img src=x onerror=alert(1)>"]}
    kind, block = data_block(hostile)
    assert kind == "application/json"
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block) == hostile
    kind, block = data_block(hostile, plain=0)
    assert kind == "application/gzip"
    assert re.fullmatch(r"[A-Za-z0-9+/=\n]+", block)
    assert json.loads(gzip.decompress(base64.b64decode(block))) == hostile


@pytest.mark.smoke
def test_page_allows_its_own_script_and_nothing_else():
    html = page({"format": 1, "x": "</style><script>"}).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert not {"connect-src", "frame-src", "worker-src", "object-src", "font-src"} & rules.keys()  # nothing is allowed again
    assert "unsafe" not in policy[1]
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert [len(script), len(style)] == [1, 1]
    for name, (content,) in (("script-src", script), ("style-src", style)):
        assert rules[name] == "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"
    assert html.count("<script") == 2
    assert not re.search(r'<(link|img|iframe)\b|\bsrc="|@import|url\(', html)
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<script")
