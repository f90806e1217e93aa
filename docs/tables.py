"""The pages that are made from the driver's tables by docs/generate: conformance.md, errors.md, types.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
STRING = r'"((?:[^"\\]|\\.)*)"'


def table_text(name):
    return (ROOT / "driver" / name).read_text(encoding="utf-8")


def calls(text, macro):
    """The arguments of every MACRO(...) at the start of a line, split at the commas of the outermost level."""
    for match in re.finditer(rf"^{macro}\(", text, re.M):
        depth, quoted, arguments, start, at = 1, False, [], match.end(), match.end()
        while depth:
            letter = text[at]
            if quoted:
                at += letter == "\\"
                quoted = letter != '"'
            elif letter == '"':
                quoted = True
            elif letter in "()":
                depth += 1 if letter == "(" else -1
            if not quoted and ((letter == "," and depth == 1) or depth == 0):
                arguments.append(re.sub(r"\s+", " ", text[start:at]).strip())
                start = at + 1
            at += 1
        yield arguments


def unquote(argument):
    return "".join(re.findall(STRING, argument)).replace('\\"', '"').replace("\\\\", "\\")


def cells(*values):
    return "| " + " | ".join(str(value).replace("|", "\\|") for value in values) + " |"


# --- conformance.md ---------------------------------------------------------------------------------

FUNCTION_NOTES = {
    "SQLBulkOperations": "refused: HYC00",
    "SQLBrowseConnect": "asks for what is missing: the driver or data source, how to sign in, region, workgroup",
    "SQLCancel": "any thread; stops the query in the service; free on an idle statement, whose cursor it closes for ODBC 2; for ODBC 3 it stays, and what is executed or prepared next closes it (both managers take it for closed)",
    "SQLCancelHandle": "as SQLCancel, and ends a connect that is under way",
    "SQLColumnPrivileges": "an empty result set of the standard's shape",
    "SQLDescribeParam": "what was bound, else `SQL_VARCHAR(65535)` of unknown nullability; no call",
    "SQLDriverConnect": "no dialogs: every completion behaves as `SQL_DRIVER_NOPROMPT`",
    "SQLEndTran": "plain success, rollback included: every statement is committed by itself; no call",
    "SQLExtendedFetch": "the one ODBC 2 name that is exported; managers map the others",
    "SQLFetchScroll": "every direction on static cursors; NEXT on forward-only ones; no bookmarks",
    "SQLForeignKeys": "an empty result set of the standard's shape",
    "SQLMoreResults": "one result a statement: `SQL_NO_DATA`",
    "SQLNumResultCols": "after SQLPrepare: the columns without running the query",
    "SQLPrimaryKeys": "an empty result set of the standard's shape",
    "SQLProcedureColumns": "an empty result set of the standard's shape",
    "SQLProcedures": "an empty result set of the standard's shape",
    "SQLRowCount": "-1 after a query, the count after INSERT, UPDATE, DELETE, MERGE",
    "SQLSetPos": "`SQL_POSITION`, and `SQL_REFRESH` on static cursors; changes are HYC00",
    "SQLSpecialColumns": "an empty result set of the standard's shape",
    "SQLStatistics": "a row of `SQL_TABLE_STAT` when the catalog knows the number of rows; no indexes",
    "SQLTablePrivileges": "an empty result set of the standard's shape",
}
CELL_WORDS = {"OK": "ok", "SEQ": "HY010", "CUR": "24000", "PRE": "ok (p)", "CPR": "24000 (p)", "NS": "ok (a)", "NOC": "08003", "INU": "08002"}
STMT_STATES = ["allocated", "prepared", "executed", "open", "fetched", "extended", "need data", "must put", "can put", "executing", "cancelled"]
DBC_STATES = ["allocated", "need data", "connected"]


def function_section():
    rows = list(calls(table_text("odbc/functions.def"), "FUNCTION"))
    lines = ["## Functions", "",
             f"The {len(rows)} functions of `driver/odbc/functions.def`; all are exported, those marked AW a second time with wide characters. Everything",
             "that the table refuses is refused before the function is entered, with the state that appendix B of the standard prints.", "",
             "| function | forms | of | takes the handle's lock | keeps old diagnostics | what it does here |", "|---|---|---|---|---|---|"]
    for name, _, handle, width, lock, diagnostics, *_ in rows:
        lines.append(cells(f"`{name}`", "AW" if width == "AW" else "one", handle.lower(), "yes" if lock == "LOCKS" else "no",
                           "yes" if diagnostics == "KEEPS" else "no", FUNCTION_NOTES.get(name, "as the standard says")))
    unknown = set(FUNCTION_NOTES) - {row[0] for row in rows}
    if unknown:
        sys.exit(f"docs/tables.py: notes for functions that are not in the table: {unknown}")
    lines += ["", "### In which state", "", "(p): when prepared, else HY010. (a): for the function that is executing asynchronously, else HY010.", "",
              cells("statement", *STMT_STATES), "|---" * (len(STMT_STATES) + 1) + "|"]
    connection = []
    for name, *middle, printed in rows:
        found = re.match(r"(\w+)_CELLS\((.*)\)", printed)
        if found:
            words = [CELL_WORDS[cell.strip()] for cell in found.group(2).split(",")]
            (lines if found.group(1) == "STMT" else connection).append(cells(f"`{name}`", *words))
    return lines + ["", cells("connection", *DBC_STATES), "|---" * (len(DBC_STATES) + 1) + "|"] + connection + [""]


GETTERS = {
    "env_odbc_version": "the version that was set", "env_output_nts": "`SQL_TRUE`", "env_unicode_type": "1 (UTF-16) under unixODBC, 3 (UCS-4) under iODBC",
    "is_false": "0", "is_empty": "empty text", "connection_dead": "whether the last call showed that nothing can succeed any more; no call is made",
    "current_catalog": "the catalog", "current_schema": "the database of unqualified names", "app_param_desc": "the handle", "app_row_desc": "the handle",
    "imp_param_desc": "the handle", "imp_row_desc": "the handle", "row_number": "the row of the result set, 0 when unknown", "athena_account": "the account that pays",
    "athena_run_as_arn": "the session of `RunAsRole`", "athena_consumer_arn": "the session of `ConsumerAccountRoleArn`", "athena_workgroup": "the workgroup",
    "athena_region": "the region", "athena_engine_version": "what the workgroup says", "athena_query_id": "the QueryExecutionId",
    "athena_scanned_bytes": "bytes", "athena_engine_ms": "ms", "athena_queue_ms": "ms", "athena_planning_ms": "ms", "athena_service_ms": "ms", "athena_total_ms": "ms",
    "athena_output_location": "s3:// place of the result", "athena_statement_type": "DML, DDL or UTILITY", "athena_substatement_type": "e.g. SELECT, INSERT",
    "athena_reused": "1 when an earlier result was used again", "athena_result_of": "what was set", "NONE": "",
}
SETTERS = {
    "env_set_odbc_version": "2, 3 or 380; HY010 once there are connections", "env_set_output_nts": "`SQL_TRUE`; `SQL_FALSE` is HYC00",
    "env_set_unicode_type": "the manager's own width; others are HYC00", "no_notification": "S1118", "not_offered": "HYC00", "no_packet_size": "replaced by 0: 01S02",
    "reset_connection": "`SQL_RESET_CONNECTION_YES`: attributes, catalog and database are as after connecting", "set_current_catalog": "a name of up to 259 bytes, else 3D000",
    "set_current_schema": "a name of up to 259 bytes, else 3F000", "set_app_param_desc": "an explicit descriptor of this connection, or `SQL_NULL_HDESC`",
    "set_app_row_desc": "an explicit descriptor of this connection, or `SQL_NULL_HDESC`", "no_implementation_desc": "HY017",
    "set_athena_result_of": "a QueryExecutionId: the next execution reads that query's result and starts none", "NONE": "",
}
HOOKS = {"NONE": "", "keep_read_only": "; not lifted where the key `ReadOnly` is set", "follow_scrollable": "; moves the cursor type along", "follow_sensitivity": "; moves the cursor type along",
         "follow_cursor_type": "; moves scrollable and sensitivity along"}
TIMES = {"ANY": "", "BEFORE": "before connecting (HY011)", "AFTER": "when connected (08003)", "CURSOR": "not while prepared (HY011) or executed (24000)"}


def values_of(set_text):
    if "~0" in set_text:
        return "any"
    return ", ".join(re.findall(r"B\((\d+)\)", set_text))


def rule_text(rule):
    name, _, inside = rule.partition("(")
    parts = [part.strip() for part in inside.removesuffix(")").split(", ")] if inside else []
    if name == "ANYTHING":
        return "any"
    if name == "POSITIVE":
        return "from 1"
    if name == "VALUES":
        return values_of(parts[0])
    if name == "NEAREST":
        return f"{values_of(parts[1])}; other values of the standard become {parts[2]}: 01S02"
    if name == "REFUSING":
        return f"{values_of(parts[1])}; other values of the standard are HYC00"
    sys.exit(f"docs/tables.py: no words for the rule {rule}")


def word(table, name):
    """What the page says of a function that a table names; without words of its own, the name does."""
    return table.get(name, name.replace("_", " "))


def attribute_rows():
    text = table_text("odbc/attribute.def")
    for handle, name, shape, access, time, _member, rule, hook in calls(text, "FIELD_ATTRIBUTE"):
        yield handle, name, shape, "" if access == "W_" else "what was set", rule_text(rule) + word(HOOKS, hook) if access != "R_" else "HY092", time
    for handle, name, shape, access, time, getter, setter in calls(text, "MADE_ATTRIBUTE"):
        if handle == "handle":
            continue
        yield handle, name, shape, "HY092" if access == "W_" else word(GETTERS, getter), "HY092" if access == "R_" else word(SETTERS, setter), time
    for name, time, descriptor, field in calls(text, "DESC_ATTRIBUTE"):
        if name != "id":
            yield "STMT", name, "", f"`{field}` of the {descriptor.upper()}", "the same field", time


def attribute_section():
    lines = ["## Attributes", "", "From `driver/odbc/attribute.def`; numbers that are not listed are HY092, values that are not taken HY024.",
             "Statement options set on a connection (ODBC 2) are kept and given to its statements."]
    for handle, title in (("ENV", "Environment"), ("DBC", "Connection"), ("STMT", "Statement")):
        lines += ["", f"### {title}", "", "| attribute | shape | asked for, answers | takes | may be set |", "|---|---|---|---|---|"]
        for row_handle, name, shape, answer, taken, time in sorted(attribute_rows(), key=lambda row: row[1].removeprefix("SQL_").removeprefix("ATTR_")):
            if row_handle == handle:
                lines.append(cells(f"`{name}`", shape.lower(), answer, taken, TIMES[time]))
    return lines + [""]


MADE_INFO = {
    "data_source_name": "the data source", "driver_hdbc": "the handle", "driver_henv": "the handle", "same_handle": "the handle", "no_handle": "0",
    "driver_version": "the driver's version, `##.##.####`", "server_name": "account and region, as 222233334444/eu-west-1", "database_name": "the catalog",
    "dbms_name": "`Athena`, or the key `DbmsName`", "dbms_version": "the workgroup's engine version, `##.##.####`", "data_source_read_only": "`Y` with the key `ReadOnly`, else `N`",
    "user_name": "the session name of the role that asks", "numeric_functions": "the functions that `sql/escape_fn.def` translates",
    "string_functions": "the functions that `sql/escape_fn.def` translates", "system_functions": "the functions that `sql/escape_fn.def` translates",
    "timedate_functions": "the functions that `sql/escape_fn.def` translates", "create_schema": "by the keys `AllowDdl` and `ReadOnly`",
    "create_table": "by the keys `AllowDdl` and `ReadOnly`", "create_view": "by the keys `AllowDdl` and `ReadOnly`", "drop_schema": "by the keys `AllowDdl` and `ReadOnly`",
    "drop_table": "by the keys `AllowDdl` and `ReadOnly`", "drop_view": "by the keys `AllowDdl` and `ReadOnly`",
    "insert_statement": "by the keys `AllowDdl` and `ReadOnly`",
}
INFO_SETS = {"TO_TEXT": "text", "TO_NUMBER": "numbers", "TO_BIT": "bit", "TO_BINARY": "binary", "TO_MOMENT": "date, time, timestamp", "TO_GUID": "guid",
             "KEYWORDS": "the reserved words beyond ODBC's own", "INTERVALS": "second to year, fractions not",
             "DATETIME_LITERALS": "date, time, timestamp and every interval literal"}


def info_value(shape, value):
    if shape == "TEXT" and value.startswith('"'):
        return f"`{unquote(value)}`" if unquote(value) else "empty"
    parts = [part.strip() for part in value.split("|")]
    return ", ".join(INFO_SETS.get(part, part if re.fullmatch(r"-?\d+", part) else f"`{part}`") for part in parts)


def info_section():
    text = table_text("odbc/info.def")
    order = []
    for match in re.finditer(r"^(INFO(?:_MADE)?)\(", text, re.M):
        order.append(match.group(1))
    facts, made = calls(text, "INFO"), calls(text, "INFO_MADE")
    lines = ["## Information types", "", f"The {len(order)} of `driver/odbc/info.def`, in the order of their numbers; others are HY096. All answers are local.", "",
             "| type | shape | answer |", "|---|---|---|"]
    for macro in order:
        name, shape, value = next(facts if macro == "INFO" else made)
        answer = info_value(shape, value) if macro == "INFO" else word(MADE_INFO, value)
        lines.append(cells(f"`{name}`", {"TEXT": "text", "U16": "16 bits", "U32": "32 bits", "HANDLE": "handle"}[shape], answer))
    return lines


CONVERSIONS = """## Conversions beside the standard's pages

The pages "SQL to C: ..." and "C to SQL: ..." hold pair by pair: `tests/house/conversion_matrix` is typed from them and every outcome in it has a case
in `tests/cases/`. Pairs that no page has are 07006. What differs, and why:

| from | to | here | why |
|---|---|---|---|
| text | `SQL_C_GUID` | the GUID, else 22018 | the pages have no row for it |
| time | `SQL_C_TYPE_TIME` | a fraction is told with 01S07 | the page has no SQLSTATE, `SQLFetch` and `SQLGetData` have this one for times; a digit is not dropped silently |
| time | `SQL_C_TYPE_TIMESTAMP` | keeps its fraction | the page sets it to zero |
| times | text | as many digits of the second as Athena sent, up to twelve | the page has nine |
| time with time zone | all | as text (`SQL_VARCHAR`), as time in the zone of `TimeZone` | no page; what is no time of day is 22007 |
| date, timestamp | structures | 22007 when it is no date, 22008 when the year is not in 0..9999 | the pages expect neither |
| bigint, integer | numbers | 22018 and 22003 when the cell is none | the pages do not expect it |
| varbinary | all | 22018 when the cell is not hexadecimal | the page does not expect it |
| float, double | intervals | 07006 | the page's note [c]; its row of many fields has 22015 for exact numbers |
| exact numbers | `SQL_C_NUMERIC` | the column's precision and scale unless the ARD has its own | the standard's scale 0 would cut what applications expect |
| intervals | intervals | the column's leading precision, 9, unless the ARD has its own | the standard's 2 would refuse 100 days |
| all | `SQL_C_WCHAR` | `BufferLength` and length in bytes | as `SQLGetData` has it; the tables count characters |
| C text, binary | SQL text | 22018 when it is not UTF-8 or has half a surrogate pair; the column size counts characters | Athena's text is Unicode and its `varchar(n)` counts characters |
| C text | `SQL_GUID` | a UUID, else 22018 | the page has no row for it |
| C text | `SQL_TYPE_TIME` | a fraction is sent | Athena's time has one |
| C times | `SQL_TYPE_TIMESTAMP` | the day of the run in the zone of `TimeZone` | the page says "current date" |
| C times | SQL times | the seconds 60 and 61 are 22007 | Athena has none |
| C numbers | SQL numbers | a lost fraction is told with 01S07 | the page leaves it to the driver |
| C numbers | intervals | 22015 above 4,294,967,295 | what the interval structure holds |
| C intervals, text | day-time intervals | 22015 for more than three decimals of a second; for fields that are none | what Athena holds |
""".splitlines()


def conformance_page():
    return ["# What is answered", "",
            "Made from the driver's tables by `docs/generate`. ODBC 3.8, core whole; of level 1 all but procedures and rollback, which Athena does not have.",
            "Applications of ODBC 2 get the states and the date types of ODBC 2. Text is UTF-8 in the plain functions and the manager's wide",
            "characters in the others: UTF-16 under unixODBC, UCS-4 under iODBC, with one and the same library.", ""] + function_section() + attribute_section() + info_section() + ["", *CONVERSIONS]


# --- errors.md --------------------------------------------------------------------------------------

STATE_ADVICE = {
    "01000": "read the text", "01004": "a bigger buffer; `SQLGetData` again for the rest", "01S00": "an unknown key was passed over: the text names the nearest one",
    "01S02": "a value was replaced by the nearest that is possible; the text says which", "01S07": "digits behind the point were lost in the conversion",
    "07002": "bind every parameter marker", "07006": "this C type cannot hold this column", "07009": "columns and parameters count from 1",
    "08001": "look at network, proxy and certificates: the service could not be reached", "08003": "connect first", "08S01": "the connection broke, or the handle was made before `fork()`",
    "22003": "the number does not fit the C type", "22018": "the text is no such value", "24000": "close the cursor first, or fetch first",
    "28000": "who you are: the text names the hop (base, `RunAsRole`, `ConsumerAccountRoleArn`), what AWS said and what to mend; `athena-odbc doctor` tries each step",
    "42000": "the text is Athena's, with line and column of your own SQL; also: a right is missing", "42S02": "no such table, view or database, or it cannot be seen by this role",
    "42S22": "no such column", "HY000": "see the text; a key with a wrong value is here too", "HY001": "a limit was reached: the text names it and its key",
    "HY008": "somebody cancelled", "HY010": "the calls came in the wrong order", "HY092": "no such attribute", "HYC00": "Athena or this driver does not do that",
    "HYT00": "`QueryTimeout`, `SQL_ATTR_QUERY_TIMEOUT` or the login timeout is over; the query was stopped", "08004": "the service refuses to serve: throttled or out of order, after all retries",
}
KIND_WORDS = {
    "NONE": None, "MEMORY": "out of memory", "CEILING": "a limit of the driver", "SETTING": "a key or its value is wrong; nothing was sent", "SETTING_WARNING": "a key was passed over",
    "OPTION_CHANGED": "a value was replaced", "WARNING": "anything else worth saying", "CREDENTIALS": "base credentials are missing or unusable", "SIGN_IN": "a service refuses who we are",
    "DENIED": "known, but not allowed", "NOT_FOUND": "a named thing does not exist (workgroup, bucket, object)", "NETWORK": "no way to the service", "TIMEOUT": "the time is over",
    "CANCELLED": "cancelled here or in the service", "THROTTLED": "too many calls, after all retries", "SERVICE": "the service failed, after all retries",
    "PROTOCOL": "an answer that cannot be understood", "SYNTAX": "the SQL text is not valid", "NO_TABLE": "table, view or database missing", "TABLE_EXISTS": "it exists already",
    "NO_COLUMN": "column missing", "DATA": "a value in the data or in the SQL", "DIVISION": "division by zero", "UNSUPPORTED": "not offered", "QUERY": "the query failed for another reason",
    "FORKED": "the handle was made before `fork()`",
}


def errors_page():
    text = table_text("odbc/sqlstate.def")
    lines = ["# Errors", "",
             "Made from `driver/odbc/sqlstate.def` and `driver/spoke/verdict.def` by `docs/generate`. A message begins with `[Athena][ODBC Driver]`. The first record is",
             "complete in 480 bytes: what was tried, on what, what to do. Further records hold the principal, the resource, the request id and the steps of the diagnosis.", "",
             "Native codes: 1 to 9999 is the `ErrorType` that Athena gives for a failed query (its documentation lists them); the driver's own codes begin at",
             "20000 and are listed in [native-codes.md](native-codes.md). Service, action, request id and query id stand in the text.", "",
             "## Where on the way", "",
             "| the text begins with | it failed |", "|---|---|",
             "| `Base credentials` | before the first role: missing, unknown or expired credentials |",
             "| `Hop 1 (RunAsRole)` | assuming the central account's role |",
             "| `Hop 2 (ConsumerAccountRoleArn)` | assuming the consumer account's role: trust, external id, permission of the central role |",
             "| `Athena`, or the name of a service and an action | with all roles assumed: the consumer role lacks that permission, or the service refuses |", "",
             "A refused second hop cannot be told apart by AWS's answer: a wrong external id, a missing one, a trust policy that names somebody else and a role that does not",
             "exist look the same. The records list them in the order of likelihood.", "",
             "### What AWS said, and what mends it", "", "`base`: the call was signed with the base credentials; `role`: with those of the role before; `token`: it carried a web identity token.", "",
             "| AWS's code | signed by | means | mend it |", "|---|---|---|---|"]
    for code, who, verdict, fix in calls(table_text("spoke/verdict.def"), "VERDICT"):
        if code.startswith('"'):
            lines.append(cells(f"`{unquote(code)}`", {"BASE": "base", "ROLE": "role", "TOKEN": "token", "ANY": "any"}.get(who, who), unquote(verdict), unquote(fix)))
    lines += ["", "## By kind", "", "| what happened | while connecting | later |", "|---|---|---|"]
    for kind, connecting, later in calls(text, "FAULT_STATE"):
        if word(KIND_WORDS, kind) is not None:
            lines.append(cells(KIND_WORDS[kind], connecting, later))
    lines += ["", "Names of the service that are more exact than their kind:", "", "| name | state |", "|---|---|"]
    lines += [cells(f"`{code}`", state) for code, state in calls(text, "CODE_STATE")]
    lines += ["", "## SQLSTATEs", "", "An ODBC 2 application sees the second column. **w**: a warning (`SQL_SUCCESS_WITH_INFO`).", "",
              "| ODBC 3 | ODBC 2 | the standard's words | what to do |", "|---|---|---|---|"]
    for v3, v2, outcome, words in calls(text, "STATE"):
        lines.append(cells(v3 + (" **w**" if outcome == "WARNING" else ""), v2, unquote(words), STATE_ADVICE.get(v3, "")))
    unknown = set(STATE_ADVICE) - {row[0] for row in calls(text, "STATE")}
    if unknown:
        sys.exit(f"docs/tables.py: advice for states that are not in the table: {unknown}")
    return lines


# --- types.md ---------------------------------------------------------------------------------------

# SQL to get one value, column size, decimal digits, display size, octet length as SQLDescribeCol and SQLColAttribute tell them for
# the default settings; tests/pitfalls/athena_types.py asks the driver and compares.
SIZES = {
    "BOOLEAN": ("true", 1, 0, 1, 1), "TINYINT": ("CAST(1 AS tinyint)", 3, 0, 4, 1), "SMALLINT": ("CAST(1 AS smallint)", 5, 0, 6, 2), "INTEGER": ("1", 10, 0, 11, 4),
    "BIGINT": ("CAST(1 AS bigint)", 19, 0, 20, 8), "FLOAT": ("CAST(1 AS real)", 7, 0, 15, 4), "DOUBLE": ("1e0", 15, 0, 24, 8), "DECIMAL": ("DECIMAL '12.50'", 4, 2, 6, 6),
    "VARCHAR": ("CAST('a' AS varchar(10))", 10, 0, 40, 40), "CHAR": ("CAST('a' AS char(5))", 5, 0, 20, 20), "DATE": ("DATE '2024-02-29'", 10, 0, 10, 6),
    "TIME": ("TIME '12:34:56.789'", 18, 9, 21, 6), "TIMESTAMP": ("TIMESTAMP '2024-02-29 12:34:56.789'", 29, 9, 32, 16), "UUID": ("UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'", 36, 0, 36, 16),
    "INTERVAL_DAY": ("INTERVAL '2' DAY", 22, 3, 26, 28), "INTERVAL_YEAR": ("INTERVAL '3' MONTH", 12, 0, 13, 28),
}
SIZE_WORDS = {
    "STRING": "`StringColumnLength`", "VARBINARY": "`BinaryColumnLength`", "ARRAY": "`ComplexTypeColumnLength`", "MAP": "`ComplexTypeColumnLength`", "ROW": "`ComplexTypeColumnLength`",
    "JSON": "`ComplexTypeColumnLength`", "UNKNOWN": "`ComplexTypeColumnLength`", "TIME_TZ": "text of the value with its zone", "TIMESTAMP_TZ": "as timestamp, in `TimeZone`", "IPADDRESS": "45",
}


def types_page():
    lines = ["# Types", "",
             "Made from `driver/value/kind.def` by `docs/generate`; the sizes are what `SQLDescribeCol` and `SQLColAttribute` tell and are compared with the driver by a test.", "",
             "Text types become `SQL_WVARCHAR`, `SQL_WCHAR`, `SQL_WLONGVARCHAR` with `UseWCharForStringTypes=1` or a preset that says so. ODBC 2 applications get dates as",
             "`SQL_DATE`, `SQL_TIME`, `SQL_TIMESTAMP` and uuid as `SQL_VARCHAR(36)`. Fractions of seconds are nanoseconds in the structures, up to nine digits.", "",
             "| Athena | SQL type | `SQL_C_DEFAULT` | literal | searchable |", "|---|---|---|---|---|"]
    sized = ["", "## Sizes", "", "For `varchar(n)`, `char(n)` and `decimal(p,s)` by example; text without a length takes the setting named. Athena does not tell how many digits the",
             "fractions of times have, so nine are announced; text has all that were sent, up to twelve, and the display size counts those.", "",
             "Column sizes of text count characters. The octet length has room for characters of four bytes, and the display size is as many bytes or units of",
             "wide text (`varchar(10)` as `SQL_WVARCHAR` in UTF-16: 10, 40 bytes, 20 units). With `ExactSizes=1` the size of text without a length is the longest",
             "value's: characters, or units when text is wide. A decimal without whole digits is one longer than `p + 2`: Athena writes `-0.05`.", "",
             "`SQL_C_NUMERIC` has the precision and scale of a decimal or integer column, and an interval the leading precision of its column (9), unless the",
             "application's descriptor says otherwise: the standard's defaults (scale 0, leading precision 2) would cut numbers and refuse intervals of 100 days.", "",
             "| Athena | example | column size | decimal digits | display size | octet length |", "|---|---|---|---|---|---|"]
    for kind, name, sql_type, c_type, prefix, suffix, searchable, _family in calls(table_text("value/kind.def"), "KIND"):
        literal = f"`{unquote(prefix)}...{unquote(suffix)}`" if unquote(prefix) else ""
        lines.append(cells(unquote(name), f"`{sql_type}`", f"`{c_type}`", literal, {"SQL_PRED_BASIC": "all but LIKE", "SQL_SEARCHABLE": "yes", "SQL_PRED_NONE": "no"}[searchable]))
        if kind in SIZES:
            sized.append(cells(unquote(name), f"`{SIZES[kind][0]}`", *SIZES[kind][1:]))
        else:
            sized.append(cells(unquote(name), "", word(SIZE_WORDS, kind), "", "", ""))
    return lines + sized


PAGES = {"conformance.md": conformance_page, "errors.md": errors_page, "types.md": types_page}
