"""What of the Trino engine needs no Trino: the words it translates, the texts of values, what it says when there is no server.
`./check trino` runs queries on a real one."""
import os
import pathlib
import subprocess
import sys

import pytest

from athena_sandbox.engine.trino_engine import translated, value_text
from athena_sandbox.format import types as t
from conftest import ROOT

CATALOGS = {"awsdatacatalog": "a222233334444"}


@pytest.mark.parametrize("sql,wanted", [
    ("SELECT 1.5, .5, 2., 1e3, 7", "SELECT 1.5E0, .5E0, 2.E0, 1e3, 7"), ("SELECT DECIMAL '1.5', '2.5'", "SELECT DECIMAL '1.5', '2.5'"),
    ("SELECT a.b FROM AwsDataCatalog.flights.a", "SELECT a.b FROM a222233334444.flights.a"),
    ('SELECT * FROM "awsdatacatalog"."d"."t" WHERE x.awsdatacatalog = 1', "SELECT * FROM a222233334444.\"d\".\"t\" WHERE x.awsdatacatalog = 1")])
def test_the_words_that_differ_are_translated(sql, wanted):
    assert translated(sql, CATALOGS) == wanted


@pytest.mark.parametrize("value,kind,text", [
    (None, "integer", None), (True, "boolean", "true"), (1e20, "double", "1.0E20"), ("NaN", "double", "NaN"), (0.1, "real", "0.1"), ("AQL/", "varbinary", "01 02 ff"),
    ([1, None], "array(integer)", "[1, null]"), ({"10": "x", "9": None}, "map(integer, varchar)", "{9=null, 10=x}"),
    ([1, [2.5]], "row(id integer, d array(double))", "{id=1, d=[2.5]}"), ([1, "x"], "row(integer, varchar)", "{1, x}"),
    ("2024-01-31 12:34:56.789 UTC", "timestamp(3) with time zone", "2024-01-31 12:34:56.789 UTC")])
def test_values_have_athenas_text(value, kind, text):
    assert value_text(value, t.parse_type(kind)) == text


def test_without_a_server_the_start_says_what_is_missing(tmp_path):
    done = subprocess.run([sys.executable, "-m", "athena_sandbox", "serve", "--engine", "trino", "--state", str(tmp_path), "--world",
                           str(ROOT / "sandbox" / "worlds" / "results_elsewhere.yaml")], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "sandbox"), "ATHENA_TRINO_HOME": "", "ATHENA_TRINO_JAVA": str(fake_java(tmp_path))})
    assert done.returncode == 2 and "ATHENA_TRINO_HOME does not name an unpacked Trino server" in done.stderr


def fake_java(folder) -> pathlib.Path:
    path = folder / "java"
    path.write_text('#!/bin/sh\necho \'openjdk version "25.0.1"\' >&2\n', encoding="ascii")
    path.chmod(0o755)
    return path
