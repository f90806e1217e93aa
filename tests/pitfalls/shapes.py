#!/usr/bin/env python3
"""The result sets whose shape the standard fixes, column by column, typed from its pages: names in both versions of ODBC, types, and which
are never NULL. By the manager, from what SQLDescribeCol and SQLColAttribute tell."""
import ctypes
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import LIBRARY, NTS, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "shapes"
TYPES = {"V": 12, "S": 5, "I": 4, "C": 1}
A, T, N, U = (None, 0), (b"airlines", NTS), (b"flights", NTS), (b"%", NTS)
# NAME:type, ! never NULL, =NAME in ODBC 2
SHAPES = {
    "SQLTables": ((A, N, T, A), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V TABLE_TYPE:V REMARKS:V"),
    "SQLColumns": ((A, N, T, A), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V! COLUMN_NAME:V! DATA_TYPE:S! TYPE_NAME:V! COLUMN_SIZE:I=PRECISION "
                                 "BUFFER_LENGTH:I=LENGTH DECIMAL_DIGITS:S=SCALE NUM_PREC_RADIX:S=RADIX NULLABLE:S! REMARKS:V COLUMN_DEF:V SQL_DATA_TYPE:S! SQL_DATETIME_SUB:S "
                                 "CHAR_OCTET_LENGTH:I ORDINAL_POSITION:I! IS_NULLABLE:V"),
    "SQLPrimaryKeys": ((A, N, T), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V! COLUMN_NAME:V! KEY_SEQ:S! PK_NAME:V"),
    "SQLForeignKeys": ((A, A, A, A, N, T), "PKTABLE_CAT:V=PKTABLE_QUALIFIER PKTABLE_SCHEM:V=PKTABLE_OWNER PKTABLE_NAME:V! PKCOLUMN_NAME:V! FKTABLE_CAT:V=FKTABLE_QUALIFIER "
                                           "FKTABLE_SCHEM:V=FKTABLE_OWNER FKTABLE_NAME:V! FKCOLUMN_NAME:V! KEY_SEQ:S! UPDATE_RULE:S DELETE_RULE:S FK_NAME:V PK_NAME:V "
                                           "DEFERRABILITY:S"),
    "SQLStatistics": ((A, N, T, 1, 0), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V! NON_UNIQUE:S INDEX_QUALIFIER:V INDEX_NAME:V TYPE:S! "
                                       "ORDINAL_POSITION:S=SEQ_IN_INDEX COLUMN_NAME:V ASC_OR_DESC:C=COLLATION CARDINALITY:I PAGES:I FILTER_CONDITION:V"),
    "SQLSpecialColumns": ((1, A, N, T, 0, 1), "SCOPE:S COLUMN_NAME:V! DATA_TYPE:S! TYPE_NAME:V! COLUMN_SIZE:I=PRECISION BUFFER_LENGTH:I=LENGTH DECIMAL_DIGITS:S=SCALE "
                                              "PSEUDO_COLUMN:S"),
    "SQLProcedures": ((A, N, A), "PROCEDURE_CAT:V=PROCEDURE_QUALIFIER PROCEDURE_SCHEM:V=PROCEDURE_OWNER PROCEDURE_NAME:V! NUM_INPUT_PARAMS:I NUM_OUTPUT_PARAMS:I "
                                 "NUM_RESULT_SETS:I REMARKS:V PROCEDURE_TYPE:S"),
    "SQLProcedureColumns": ((A, N, A, A), "PROCEDURE_CAT:V=PROCEDURE_QUALIFIER PROCEDURE_SCHEM:V=PROCEDURE_OWNER PROCEDURE_NAME:V! COLUMN_NAME:V! COLUMN_TYPE:S! DATA_TYPE:S! "
                                          "TYPE_NAME:V! COLUMN_SIZE:I=PRECISION BUFFER_LENGTH:I=LENGTH DECIMAL_DIGITS:S=SCALE NUM_PREC_RADIX:S=RADIX NULLABLE:S! REMARKS:V "
                                          "COLUMN_DEF:V SQL_DATA_TYPE:S! SQL_DATETIME_SUB:S CHAR_OCTET_LENGTH:I ORDINAL_POSITION:I! IS_NULLABLE:V"),
    "SQLTablePrivileges": ((A, N, T), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V! GRANTOR:V GRANTEE:V! PRIVILEGE:V! IS_GRANTABLE:V"),
    "SQLColumnPrivileges": ((A, N, T, U), "TABLE_CAT:V=TABLE_QUALIFIER TABLE_SCHEM:V=TABLE_OWNER TABLE_NAME:V! COLUMN_NAME:V! GRANTOR:V GRANTEE:V! PRIVILEGE:V! IS_GRANTABLE:V"),
    "SQLGetTypeInfo": ((0,), "TYPE_NAME:V! DATA_TYPE:S! COLUMN_SIZE:I=PRECISION LITERAL_PREFIX:V LITERAL_SUFFIX:V CREATE_PARAMS:V NULLABLE:S! CASE_SENSITIVE:S! SEARCHABLE:S! "
                             "UNSIGNED_ATTRIBUTE:S FIXED_PREC_SCALE:S!=MONEY AUTO_UNIQUE_VALUE:S=AUTO_INCREMENT LOCAL_TYPE_NAME:V MINIMUM_SCALE:S MAXIMUM_SCALE:S SQL_DATA_TYPE:S! "
                             "SQL_DATETIME_SUB:S NUM_PREC_RADIX:I INTERVAL_PRECISION:S"),
}


class Old:
    """An ODBC 2 application's connection."""

    def __init__(self):
        self.env = Handle("env")
        LIBRARY.SQLSetEnvAttr(self.env.handle, 200, ctypes.c_void_p(2), 0)
        self.dbc = Handle("dbc", self.env)
        assert LIBRARY.SQLConnect(self.dbc.handle, b"retail", NTS, None, 0, None, 0) in (0, 1), self.dbc.records()

    def close(self):
        LIBRARY.SQLDisconnect(self.dbc.handle)
        self.dbc.free()
        self.env.free()


def wanted(text, is_old):
    found = []
    for column in text.split():
        name, _, old = column.partition("=")
        name, kind = name.split(":")
        found.append((old if is_old and old else name, TYPES[kind[0]], 0 if kind.endswith("!") else 1))
    return found


def told(of, function, arguments):
    statement = Handle("stmt", of.dbc)
    flat = [part for argument in arguments for part in (argument if isinstance(argument, tuple) else (argument,))]
    status = getattr(LIBRARY, function)(statement.handle, *flat)
    same(status, SUCCESS, f"{function} {statement.records()}")
    count = ctypes.c_short()
    LIBRARY.SQLNumResultCols(statement.handle, ctypes.byref(count))
    found = []
    for n in range(1, count.value + 1):
        name, kind, nullable = ctypes.create_string_buffer(100), ctypes.c_short(), ctypes.c_short()
        LIBRARY.SQLDescribeCol(statement.handle, n, name, 100, None, ctypes.byref(kind), None, None, ctypes.byref(nullable))
        again = ctypes.c_ssize_t(-1)
        LIBRARY.SQLColAttribute(statement.handle, n, 1008, None, 0, None, ctypes.byref(again))
        same(again.value, nullable.value, name.value.decode())
        found.append((name.value.decode(), kind.value, nullable.value))
    statement.free()
    return found


new, old = Connection("DSN=retail"), Old()
for function, (arguments, text) in SHAPES.items():
    for of, is_old in ((new, False), (old, True)):
        @promise(f"{function} has the columns of ODBC {2 if is_old else 3}")
        def one(function=function, arguments=arguments, text=text, of=of, is_old=is_old):
            same(told(of, function, arguments), wanted(text, is_old))
new.close()
old.close()
finish()
