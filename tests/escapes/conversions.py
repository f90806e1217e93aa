"""What Athena's CAST can do between the types of ODBC, typed from the engine's documentation and not from the driver's table, and a value
of each type to convert."""
TEXT = ("CHAR", "VARCHAR", "LONGVARCHAR", "WCHAR", "WVARCHAR", "WLONGVARCHAR")
NUMBERS = ("NUMERIC", "DECIMAL", "INTEGER", "SMALLINT", "FLOAT", "REAL", "DOUBLE", "TINYINT", "BIGINT")
BYTES = ("BINARY", "VARBINARY", "LONGVARBINARY")

# name: (bit in SQL_CONVERT_..., remark)
TARGETS = {
    "CHAR": (0x1, ""), "NUMERIC": (0x2, ""), "DECIMAL": (0x4, ""), "INTEGER": (0x8, ""), "SMALLINT": (0x10, ""), "FLOAT": (0x20, ""),
    "REAL": (0x40, ""), "DOUBLE": (0x80, ""), "VARCHAR": (0x100, ""), "LONGVARCHAR": (0x200, ""), "BINARY": (0x400, ""), "VARBINARY": (0x800, ""),
    "BIT": (0x1000, ""), "TINYINT": (0x2000, ""), "BIGINT": (0x4000, ""), "DATE": (0x8000, ""), "TIME": (0x10000, ""), "TIMESTAMP": (0x20000, ""),
    "LONGVARBINARY": (0x40000, ""), "INTERVAL_YEAR_MONTH": (0x80000, ""), "INTERVAL_DAY_TIME": (0x100000, ""), "WCHAR": (0x200000, ""),
    "WLONGVARCHAR": (0x400000, ""), "WVARCHAR": (0x800000, ""), "GUID": (0x1000000, ""),
}
FROM_TEXT = TEXT + NUMBERS + ("BIT", "DATE", "TIME", "TIMESTAMP", "GUID")
FROM_NUMBER = TEXT + NUMBERS + ("BIT",)
CONVERTED = {
    **{name: FROM_TEXT for name in TEXT}, **{name: FROM_NUMBER for name in NUMBERS}, **{name: BYTES for name in BYTES}, "BIT": FROM_NUMBER,
    "DATE": TEXT + ("DATE", "TIMESTAMP"), "TIME": TEXT + ("TIME",), "TIMESTAMP": TEXT + ("DATE", "TIME", "TIMESTAMP"),
    "GUID": TEXT + BYTES + ("GUID",), "INTERVAL_DAY_TIME": TEXT, "INTERVAL_YEAR_MONTH": TEXT,
}
A_TEXT = {"": "'1'", "BIT": "'true'", "DATE": "'2024-02-29'", "TIME": "'10:20:30'", "TIMESTAMP": "'2024-02-29 10:20:30'",
          "GUID": "'12151fd2-7586-11e9-8f9e-2a86e4085a59'"}
BYTES_VALUE = "X'0102'"
# name: (number of the information type, value or {target: value})
SAMPLES = {
    "BIGINT": (53, "BIGINT '1'"), "BINARY": (54, BYTES_VALUE), "BIT": (55, "true"), "CHAR": (56, A_TEXT), "DATE": (57, "{d '2024-02-29'}"),
    "DECIMAL": (58, "DECIMAL '1.5'"), "DOUBLE": (59, "1.5e0"), "FLOAT": (60, "1.5e0"), "INTEGER": (61, "1"), "LONGVARCHAR": (62, A_TEXT),
    "NUMERIC": (63, "DECIMAL '1.5'"), "REAL": (64, "REAL '1.5'"), "SMALLINT": (65, "SMALLINT '1'"), "TIME": (66, "{t '10:20:30'}"),
    "TIMESTAMP": (67, "{ts '2024-02-29 10:20:30'}"), "TINYINT": (68, "TINYINT '1'"), "VARBINARY": (69, BYTES_VALUE), "VARCHAR": (70, A_TEXT),
    "LONGVARBINARY": (71, BYTES_VALUE), "WCHAR": (122, A_TEXT), "INTERVAL_DAY_TIME": (123, "{interval '5' DAY}"),
    "INTERVAL_YEAR_MONTH": (124, "{interval '2-11' YEAR TO MONTH}"), "WLONGVARCHAR": (125, A_TEXT), "WVARCHAR": (126, A_TEXT),
    "GUID": (173, "{guid '12151fd2-7586-11e9-8f9e-2a86e4085a59'}"),
}
