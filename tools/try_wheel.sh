#!/bin/sh
# Build the wheel, install it alone in an empty environment, and use it outside the checkout.
set -eu
python=$(cd "$(dirname "$PYTHON")" && pwd)/$(basename "$PYTHON")
checkout=$(pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$python" -m build --wheel --no-isolation --outdir "$place/dist" . >"$place/build.log" 2>&1 || { cat "$place/build.log"; exit 1; }
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --disable-pip-version-check -qq --require-hashes -r "$checkout/requirements/run.lock"
"$place/venv/bin/python" -m pip install --disable-pip-version-check -qq --no-deps "$place"/dist/*.whl

cd "$place"
export HOME="$place/home"  # what lies in the real one is none of this test's business
shuping="$place/venv/bin/shuping"
database="sqlite:///$place/data/try.sqlite3"
"$shuping" --version
"$shuping" rubric >/dev/null
printf '1\n某某厂\nD\nBC\n200 90\n是\n' | "$shuping" chat --database "$database" --lang zh-Hans >first.txt
printf '' | "$shuping" chat --database "$database" >second.txt
grep -q '90 ÷ 200 = 45%' first.txt
grep -q '欢迎回来' second.txt
echo '{"answers": {"q5": "C"}}' | "$shuping" score | grep -q '"exact": "5"'
echo '{"answers": {"q5": "C"}}' >answers.json
"$shuping" report answers.json --pdf report.pdf --png report.png --xlsx report.xlsx >/dev/null
test -s report.pdf -a -s report.png -a -s report.xlsx
SHUPING_DATABASE_URL="$database" "$shuping" doctor
echo "the wheel works in an empty environment, outside the checkout"
