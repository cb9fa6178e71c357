#!/usr/bin/env bash
# Make the pictures of docs/ anew from exports/ (after `make demo`); matrix-page.png needs Chromium and is left alone without it.
set -euo pipefail
cd "$(dirname "$0")/.."
kg=${KG:-.venv/bin/kg}
images=docs/images

"$kg" plot -q -o $images/plot.png
"$kg" plot -q --lang en -o $images/plot-en.png
"$kg" matrix -o $images/matrix.png
"$kg" cascade -o $images/cascade.png
"$kg" series --curated -o $images/series.png
"$kg" plot network -q --zoom 1 -o $images/gephi-1-opened.png
"$kg" plot network -q --zoom 1 --colour-by community -o $images/gephi-2-community.png
"$kg" plot network -q --zoom 1 --relation hasMeasure --relation targets -o $images/gephi-3-relations.png
"$kg" plot network -q --zoom 1 --around 辽宁省人力资源和社会保障厅 -o $images/gephi-4-ego.png

if command -v chromium >/dev/null; then
  page=$(mktemp -d)
  trap 'rm -rf "$page"' EXIT
  "$kg" matrix --by province -o "$page/matrix.html"
  chromium --headless --no-sandbox --disable-quic --no-first-run --hide-scrollbars --window-size=1500,900 \
    --screenshot=$images/matrix-page.png "file://$page/matrix.html" >/dev/null 2>&1
fi
