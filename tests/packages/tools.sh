# Sourced by run: the kits for BI tools say what the driver says, and the SQL they make runs.
kit="$ROOT/packaging/tools"
cat >"$WORK/names.py" <<'PY'
import sys
import xml.etree.ElementTree as tree
import pyodbc
connection = pyodbc.connect("DSN=retail", autocommit=True)
root = tree.parse(sys.argv[1]).getroot()
for tag, number in (("vendor", 17), ("driver", 6)):
    wanted, written = connection.getinfo(number), root.find(tag).get("name")
    assert wanted == written, f"{tag}: the driver says {wanted}, the file {written}"
PY
promise "Tableau's file has the driver's own two names" guarded "$PYTHON" "$WORK/names.py" "$kit/tableau/athena-odbc.tdc"
sed "s/name='Athena'/name='Athens'/" "$kit/tableau/athena-odbc.tdc" >"$WORK/wrong.tdc"
promise "a file with another name would be noticed" no guarded "$PYTHON" "$WORK/names.py" "$WORK/wrong.tdc"
settled() { # every capability and its answer
    local line
    while read -r line; do
        grep -qF "<customization name='${line% *}' value='${line#* }' />" "$kit/tableau/athena-odbc.tdc" || { echo "not settled: $line"; return 1; }
    done <<TXT
CAP_CREATE_TEMP_TABLES no
CAP_SELECT_INTO no
CAP_SELECT_TOP_INTO no
CAP_INDEX_TEMP_TABLES no
CAP_CONNECT_STORED_PROCEDURE no
CAP_FAST_METADATA no
CAP_QUERY_GROUP_BY_ALIAS no
CAP_QUERY_GROUP_BY_DEGREE yes
CAP_QUERY_TOP_N yes
CAP_QUERY_TOPSTYLE_LIMIT yes
CAP_QUERY_TOPSTYLE_TOP no
CAP_QUERY_SUBQUERIES yes
CAP_QUERY_WHERE_FALSE_METADATA yes
CAP_ODBC_SUPPRESS_INFO_SCHEMA_TABLES yes
CAP_ODBC_METADATA_SUPPRESS_SQLSTATISTICS_API yes
CAP_SUPPRESS_DISCOVERY_QUERIES yes
CAP_SET_ISOLATION_LEVEL_VIA_ODBC_API no
CAP_SET_ISOLATION_LEVEL_VIA_SQL no
TXT
}
promise "Tableau's file settles each capability it tries statements for" settled
promise "the R file is for connections of the name the driver answers" says 'registerS3method\(generic, "Athena"' cat "$kit/dbplyr/athena-dbplyr.R"
promise "every preset that the kits' page names is a choice of the driver" "$PYTHON" - "$ROOT" <<'PY'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
choices = re.search(r'KEYWORD\(PRESET,.*?CHOICE\("([^"]*)"', (root / "driver/config/keyword.def").read_text()).group(1).split("|")
named = re.findall(r'Preset *= *"?(\w+)', (root / "packaging/tools/README.md").read_text() + (root / "packaging/tools/powerquery/AthenaOdbc.pq").read_text())
wrong = [name for name in named if name not in choices]
assert named and not wrong, wrong
PY
promise "the connector's archive is its source" "$PYTHON" - "$WORK/1/AthenaOdbc.mez" "$kit/powerquery" <<'PY'
import pathlib, sys, zipfile
archive, folder = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
assert sorted(archive.namelist()) == sorted(path.name for path in folder.iterdir()), archive.namelist()
for path in folder.iterdir():
    assert archive.read(path.name) == path.read_bytes(), path
PY
promise "the connector writes OFFSET before LIMIT" "$PYTHON" - "$kit/powerquery/AthenaOdbc.pq" <<'PY'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
clause = re.search(r"^LimitClause = .*?;$", text, re.M | re.S).group(0)
assert '"OFFSET "' in clause and '"LIMIT "' in clause and "offset & limit" in clause and "AfterQuerySpecification" in clause, clause
assert text.count("(") == text.count(")") and text.count("[") == text.count("]") and text.count("{") == text.count("}")
PY
ask() { printf '%s\n' "$1" | guarded isql -b -v -m30 retail; }
promise "and the driver runs it so" says '^3 rows fetched' ask "SELECT carrier FROM airlines ORDER BY 1 OFFSET 2 LIMIT 3"

# Each statement that the R file makes of a pipeline, through the driver.
if command -v Rscript >/dev/null && Rscript -e 'quit(status = !requireNamespace("dbplyr", quietly = TRUE))' >/dev/null 2>&1; then
    promise "dbplyr takes the R file" sh -c 'Rscript --vanilla "$1" "$2" >"$3" 2>"$3.err" || { cat "$3.err"; exit 1; }' - "$HERE/dbplyr_cases.R" "$kit/dbplyr/athena-dbplyr.R" "$WORK/dbplyr.sql"
    promise "it makes a statement of every case" test "$(grep -c . "$WORK/dbplyr.sql")" -ge 14
    number=0
    while IFS= read -r statement; do
        number=$((number + 1))
        promise "its statement $number runs: $(printf '%.60s' "$statement")" says '^[0-9]+ rows fetched' ask "$statement"
    done <"$WORK/dbplyr.sql"
else
    promise "R and its dbplyr are there" false
fi
