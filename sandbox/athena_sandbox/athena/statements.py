"""What kind of statement a text is: StatementType, SubstatementType and the route it takes."""
from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass
class Statement:
    text: str            # without the outer blanks and the final semicolon
    body: str            # without leading comments
    kind: str            # DML, DDL or UTILITY
    sub: str
    route: str           # 'engine', 'hive', 'show', 'explain', 'prepare', 'unload', 'dml', 'ctas' ...
    name: list           # parts of the table or database name, unquoted
    rest: str = ""


class Refused(Exception):
    """A statement that StartQueryExecution refuses with MALFORMED_QUERY."""


COMMENT = re.compile(r"\s+|--[^\r\n]*(?:[\r\n]|$)|/\*.*?\*/", re.S)
# Texts of the Hive dialect, where a backslash hides what follows it.
HIVE_TEXT = r"'(?:[^'\\]|\\.|'')*'"
HIVE_QUOTED = re.compile(HIVE_TEXT + r'|"(?:[^"\\]|\\.)*"|`[^`]*`', re.S)
HIVE_WORDS = re.compile(r"(?:alter|drop|msck|show|desc|describe|create(?!\s+(?:or|view|protected|multi)\b))\b", re.I)
QUERY_INSIDE = re.compile(r"create\s+table\b.*\bas\s*(?:\(|select\b|with\b|values\b|table\b)", re.I | re.S)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b"}


def strip_leading(text):
    at = 0
    while True:
        found = COMMENT.match(text, at)
        if not found or found.end() == at:
            return text[at:]
        at = found.end()


def normal(text):
    """The echoed query: blanks and semicolons around the statement removed."""
    text = text.strip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    return text


def is_hive(text):
    """Whether a text without leading comments is read in the Hive dialect."""
    return HIVE_WORDS.match(text) is not None and QUERY_INSIDE.match(text) is None


def hive_value(quoted):
    """What a quoted text of the Hive dialect says."""
    def plain(found):
        if found.group(0) == "''":
            return "'"
        told = found.group(1)
        return chr(int(told, 8)) if len(told) == 3 else ESCAPES.get(told, told)
    return re.sub(r"\\([0-3][0-7]{2}|.)|''", plain, quoted[1:-1], flags=re.S)


def without_comments(text):
    """Comments replaced by a blank, quoted text kept."""
    quoted = HIVE_QUOTED.pattern if is_hive(text) else r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`"
    pattern = re.compile(quoted + r"|--[^\r\n]*|/\*.*?\*/", re.S)
    return pattern.sub(lambda m: " " if m.group(0).startswith(("--", "/*")) else m.group(0), text)


PART = r"(?:`[^`]+`|\"(?:[^\"]|\"\")+\"|[A-Za-z0-9_$@\-]+)"
NAME = rf"({PART}(?:\s*\.\s*{PART}){{0,2}})"


def parts_of(name):
    found = re.findall(PART, name)
    return [p[1:-1].replace('""', '"').lower() if p[0] in "`\"" else p.lower() for p in found]


def rule(pattern, kind, sub, route):
    return re.compile(pattern.replace(" ", r"\s+").replace("NAME", NAME), re.I | re.S), kind, sub, route


RULES = [
    rule(r"create external table(?: if not exists)? NAME(.*)", "DDL", "CREATE_TABLE", "create_table"),
    rule(r"create table(?: if not exists)? NAME(?=.*\bas\b\s*(?:\(|select|with|values|table))(.*)", "DDL",
         "CREATE_TABLE_AS_SELECT", "ctas"),
    rule(r"create table(?: if not exists)? NAME(.*)", "DDL", "CREATE_TABLE", "create_table"),
    rule(r"create(?: or replace)? view NAME(.*)", "DDL", "CREATE_VIEW", "create_view"),
    rule(r"create (?:database|schema)(?: if not exists)? NAME(.*)", "DDL", "CREATE_DATABASE",
         "create_database"),
    rule(r"drop table(?: if exists)? NAME(.*)", "DDL", "DROP_TABLE", "drop_table"),
    rule(r"drop view(?: if exists)? NAME(.*)", "DDL", "DROP_VIEW", "drop_view"),
    rule(r"drop (?:database|schema)(?: if exists)? NAME(.*)", "DDL", "DROP_DATABASE",
         "drop_database"),
    rule(r"alter table NAME add(?: if not exists)? columns?\b(.*)", "DDL", "ALTER_TABLE_ADD_COLUMN",
         "alter"),
    rule(r"alter table NAME replace columns\b(.*)", "DDL", "ALTER_TABLE_REPLACE_COLUMN", "alter"),
    rule(r"alter table NAME drop column\b(.*)", "DDL", "ALTER_TABLE_DROP_COLUMN", "alter"),
    rule(r"alter table NAME change(?: column)?\b(.*)", "DDL", "ALTER_TABLE_CHANGE_COLUMN", "alter"),
    rule(r"alter table NAME (?:un)?set tblproperties\b(.*)", "DDL", "ALTER_TABLE_PROPERTIES", "alter"),
    rule(r"alter table NAME(?: partition\s*\([^)]*\))? set location\b(.*)", "DDL",
         "ALTER_TABLE_SET_LOCATION", "alter"),
    rule(r"alter table NAME(?: partition\s*\([^)]*\))? rename to\b(.*)", "DDL", "ALTER_TABLE_RENAME",
         "alter"),
    rule(r"alter table NAME add(?: if not exists)? partition\b(.*)", "DDL",
         "ALTER_TABLE_ADD_PARTITION", "alter"),
    rule(r"alter table NAME drop(?: if exists)? partition\b(.*)", "DDL", "ALTER_TABLE_DROP_PARTITION",
         "alter"),
    rule(r"msck repair table NAME(.*)", "DDL", "MSCK_REPAIR", "msck"),
    rule(r"optimize NAME(.*)", "DDL", "CREATE_TABLE_AS_SELECT", "optimize"),
    rule(r"vacuum NAME(.*)", "DML", "VACUUM_TABLE", "vacuum"),
    rule(r"show tables\b()(.*)", "UTILITY", "SHOW_TABLES", "show_tables"),
    rule(r"show (?:databases|schemas)\b()(.*)", "UTILITY", "SHOW_DATABASES", "show_databases"),
    rule(r"show columns (?:from|in) NAME(.*)", "UTILITY", "SHOW_COLUMNS", "show_columns"),
    rule(r"show partitions NAME(.*)", "UTILITY", "SHOW_PARTITIONS", "show_partitions"),
    rule(r"show tblproperties NAME(.*)", "UTILITY", "SHOW_TABLE_PROPERTIES", "show_tblproperties"),
    rule(r"show views\b()(.*)", "UTILITY", "SHOW_VIEWS", "show_views"),
    rule(r"show create table NAME(.*)", "UTILITY", "SHOW_CREATE_TABLE", "show_create_table"),
    rule(r"show create view NAME(.*)", "UTILITY", "SHOW_CREATE_VIEW", "show_create_view"),
    rule(r"show functions\b()(.*)", "UTILITY", "SHOW_FUNCTIONS", "show_functions"),
    rule(r"desc(?:ribe)?(?: formatted| extended)? NAME(.*)", "UTILITY", "DESCRIBE_TABLE", "describe"),
    rule(r"insert into NAME(.*)", "DML", "INSERT", "insert"),
    rule(r"update NAME(.*)", "DML", "UPDATE", "update"),
    rule(r"delete from NAME(.*)", "DML", "DELETE", "delete"),
    rule(r"merge into NAME(.*)", "DML", "MERGE", "merge"),
    rule(r"explain\b()(.*)", "DML", "EXPLAIN", "explain"),
    rule(r"unload\b()(.*)", "DML", "UNLOAD", "unload"),
    rule(r"prepare\b()(.*)", "DDL", "PREPARE", "prepare"),
    rule(r"execute\b()(.*)", "DML", "SELECT", "execute"),
    rule(r"deallocate prepare\b()(.*)", "DDL", "DEALLOCATE_PREPARE", "deallocate"),
    rule(r"(?:select|with|values|table)\b()(.*)", "DML", "SELECT", "select"),
    rule(r"\(()(.*)", "DML", "SELECT", "select"),
]

UNSUPPORTED = re.compile(r"(show (session|stats|catalogs|grants|roles)|create or replace table|"
                         r"alter table if exists|start transaction|commit|rollback|grant|revoke|"
                         r"alter (view|schema|database)|call|set|use|reset|analyze|comment on|"
                         r"create function|create role|drop function|create materialized view|"
                         r"refresh|load|import|export|lock|show|alter|create|drop|describe|desc|"
                         r"insert|update|delete|merge|msck|optimize|vacuum|truncate)\b"
                         .replace(" ", r"\s+"), re.I)
HIVE_NAMED = {"describe", "drop_table", "show_create_table", "alter", "show_columns",
              "show_partitions", "show_tblproperties", "msck"}
EXPECTING = ("'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', "
             "'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', "
             "'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', "
             "'TRUNCATE', 'UPDATE', 'USE', <query>")


def classify(text) -> Statement:
    """The class of a statement. Raises Refused for what Athena refuses at once."""
    text = normal(text)
    leading = strip_leading(text)
    body = without_comments(leading).strip()
    if not body:
        raise Refused("line 1:1: mismatched input '<EOF>'. Expecting: " + EXPECTING)
    plain = re.match(r"alter\s+table\s+\S+\s+rename\s+column", body, re.I)
    if not plain:
        for pattern, kind, sub, route in RULES:
            found = pattern.match(body)
            if found and not excluded(route, body):
                name = found.group(1)
                if route in HIVE_NAMED and '"' in name:
                    raise Refused(no_viable(body, name))
                statement = Statement(text, leading, kind, sub, route, parts_of(name), found.group(2))
                return statement
    unsupported = UNSUPPORTED.match(body)
    if unsupported:
        words = body.split()
        if len(words) < 3:
            raise Refused("Queries of this type are not supported")
        raise Refused(f"line 1:1: no viable alternative at input '{' '.join(words[:3])}'")
    line, column = text.count("\n", 0, len(text) - len(leading)) + 1, 1
    before = text[:len(text) - len(leading)]
    column = len(before) - before.rfind("\n")
    word = re.match(r"\w+|.", leading).group(0)
    raise Refused(f"line {line}:{column}: mismatched input '{word}'. Expecting: {EXPECTING}")


def excluded(route, body):
    if route == "drop_table" or route.startswith("create"):
        return bool(re.match(r"create\s+or\s+replace\s+table", body, re.I))
    return bool(re.match(r"alter\s+table\s+if\s+exists", body, re.I))


def no_viable(body, name):
    column = body.index(name) + 1
    return f"line 1:{column}: no viable alternative at input '{body[:column - 1]}{name}'"


def is_literal_only(body):
    """A SELECT that reads nothing never reaches the planner."""
    return not re.search(r"\b(from|table)\b", body, re.I)
