"""Statement classes, and what is refused at the start."""
import pytest

from athena_sandbox.athena.statements import Refused, classify, normal

CLASSES = [
    ("SELECT 1", "DML", "SELECT"), ("-- note\n/* more */ WITH a AS (SELECT 1) SELECT * FROM a", "DML", "SELECT"),
    ("VALUES 1", "DML", "SELECT"), ("TABLE t", "DML", "SELECT"), ("(SELECT 1)", "DML", "SELECT"),
    ("INSERT INTO t SELECT 1", "DML", "INSERT"), ("UPDATE t SET a = 1", "DML", "UPDATE"),
    ("DELETE FROM t", "DML", "DELETE"), ("MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE", "DML", "MERGE"),
    ("EXPLAIN SELECT 1", "DML", "EXPLAIN"), ("EXPLAIN ANALYZE SELECT 1", "DML", "EXPLAIN"),
    ("UNLOAD (SELECT 1) TO 's3://b/' WITH (format='PARQUET')", "DML", "UNLOAD"), ("VACUUM t", "DML", "VACUUM_TABLE"),
    ("OPTIMIZE t REWRITE DATA USING BIN_PACK", "DDL", "CREATE_TABLE_AS_SELECT"),
    ("CREATE TABLE t AS SELECT 1 a", "DDL", "CREATE_TABLE_AS_SELECT"),
    ("CREATE TABLE t WITH (format = 'ORC') AS (SELECT 1 a)", "DDL", "CREATE_TABLE_AS_SELECT"),
    ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'", "DDL", "CREATE_TABLE"),
    ("CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')", "DDL", "CREATE_TABLE"),
    ("CREATE OR REPLACE VIEW v AS SELECT 1 a", "DDL", "CREATE_VIEW"), ("CREATE DATABASE d", "DDL", "CREATE_DATABASE"),
    ("CREATE SCHEMA IF NOT EXISTS d", "DDL", "CREATE_DATABASE"), ("DROP TABLE t", "DDL", "DROP_TABLE"),
    ("DROP VIEW IF EXISTS v", "DDL", "DROP_VIEW"), ("DROP SCHEMA d", "DDL", "DROP_DATABASE"),
    ("ALTER TABLE t ADD COLUMNS (a int)", "DDL", "ALTER_TABLE_ADD_COLUMN"),
    ("ALTER TABLE t REPLACE COLUMNS (a int)", "DDL", "ALTER_TABLE_REPLACE_COLUMN"),
    ("ALTER TABLE t DROP COLUMN a", "DDL", "ALTER_TABLE_DROP_COLUMN"),
    ("ALTER TABLE t CHANGE COLUMN a b int", "DDL", "ALTER_TABLE_CHANGE_COLUMN"),
    ("ALTER TABLE t SET TBLPROPERTIES ('a'='b')", "DDL", "ALTER_TABLE_PROPERTIES"), ("-- x\rDROP TABLE t", "DDL", "DROP_TABLE"),
    ("DROP -- x\rTABLE t", "DDL", "DROP_TABLE"), (r"SELECT '\' -- '", "DML", "SELECT"), (r"ALTER TABLE t SET TBLPROPERTIES ('a'='\' -- ')", "DDL", "ALTER_TABLE_PROPERTIES"),
    ("ALTER TABLE t SET LOCATION 's3://b/'", "DDL", "ALTER_TABLE_SET_LOCATION"),
    ("ALTER TABLE t RENAME TO u", "DDL", "ALTER_TABLE_RENAME"),
    ("ALTER TABLE t ADD IF NOT EXISTS PARTITION (a='1')", "DDL", "ALTER_TABLE_ADD_PARTITION"),
    ("ALTER TABLE t DROP PARTITION (a='1')", "DDL", "ALTER_TABLE_DROP_PARTITION"),
    ("MSCK REPAIR TABLE t", "DDL", "MSCK_REPAIR"), ("SHOW TABLES IN d 'x*'", "UTILITY", "SHOW_TABLES"),
    ("SHOW DATABASES", "UTILITY", "SHOW_DATABASES"), ("SHOW SCHEMAS", "UTILITY", "SHOW_DATABASES"),
    ("SHOW /* x */ COLUMNS IN t", "UTILITY", "SHOW_COLUMNS"), ("SHOW PARTITIONS t", "UTILITY", "SHOW_PARTITIONS"),
    ("SHOW TBLPROPERTIES t", "UTILITY", "SHOW_TABLE_PROPERTIES"), ("SHOW VIEWS", "UTILITY", "SHOW_VIEWS"),
    ("SHOW CREATE TABLE t", "UTILITY", "SHOW_CREATE_TABLE"), ("SHOW CREATE VIEW v", "UTILITY", "SHOW_CREATE_VIEW"),
    ("SHOW FUNCTIONS", "UTILITY", "SHOW_FUNCTIONS"), ("DESCRIBE t", "UTILITY", "DESCRIBE_TABLE"),
    ("desc `d`.`t`", "UTILITY", "DESCRIBE_TABLE"),
]


@pytest.mark.parametrize("sql,kind,sub", CLASSES, ids=[c[0][:40] for c in CLASSES])
def test_a_statement_has_its_class(sql, kind, sub):
    found = classify(sql)
    assert (found.kind, found.sub) == (kind, sub)


@pytest.mark.parametrize("sql,words", [
    ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: "), ("\n  foo", "mismatched input 'foo'"),
    ("SHOW SESSION", "Queries of this type are not supported"), ("SHOW STATS FOR t", "no viable alternative"),
    ("CREATE OR REPLACE TABLE t AS SELECT 1", "no viable alternative"), ("ALTER TABLE IF EXISTS t ADD COLUMNS (a int)", "no viable"),
    ("ALTER TABLE t RENAME COLUMN a TO b", "no viable alternative"), ('DESCRIBE "t"', "line 1:10: no viable alternative"),
    ('DROP TABLE "t"', "no viable alternative"), ('SHOW CREATE TABLE "t"', "no viable alternative"),
    ('ALTER TABLE "t" ADD COLUMNS (a int)', "no viable alternative"), ("", "mismatched input '<EOF>'")])
def test_a_statement_is_refused_at_the_start(sql, words):
    with pytest.raises(Refused) as caught:
        classify(sql)
    assert words in str(caught.value)


def test_blanks_and_semicolons_around_a_statement_go():
    assert normal("  SELECT 1 ;; \n") == "SELECT 1"
