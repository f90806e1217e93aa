#!/usr/bin/python3
"""LibreOffice by UNO, headless: Base's data source, its prepared queries, its tree of tables and its row set, and a Calc range filled from
a query. It is an ODBC 3 application that asks for cursors it does not get, reads cell by cell and asks for the keys of every table."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import uno  # noqa: E402
from com.sun.star.beans import PropertyValue  # noqa: E402
from com.sun.star.sdbc import SQLException  # noqa: E402
from promise import AREA, COUNTS, finish, promise, same  # noqa: E402

AREA[0] = "libreoffice"
OFFICE = "/usr/lib/libreoffice/program/soffice.bin"
START_S, END_S = 90, 20
FIRST_START = 81  # the profile was made: start again
TABLE, COMMAND = 0, 2  # com.sun.star.sdb.CommandType
OWNER, STOCKS = "555566667777", 560


def value(name, what):
    made = PropertyValue()
    made.Name, made.Value = name, what
    return made


class Office:
    """The process, with a profile of its own; ended by its number whatever happens."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="libreoffice."))
        pipe = f"athena{os.getpid()}"
        self.command = [OFFICE, f"-env:UserInstallation=file://{self.home}/profile", "--headless", "--invisible", "--norestore", "--nologo",
                        "--nodefault", "--nolockcheck", f"--accept=pipe,name={pipe};urp;"]
        self.start()
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + START_S
        while True:
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                return
            except Exception as error:  # noqa: BLE001 - not there yet
                if self.process.poll() == FIRST_START:
                    self.start()
                elif time.monotonic() > until or self.process.poll() is not None:
                    self.end()
                    raise RuntimeError(f"LibreOffice did not start (status {self.process.poll()}): {error}")
                time.sleep(0.25)

    def start(self):
        with open(self.home / "out", "ab") as out:
            self.process = subprocess.Popen(self.command, env=dict(os.environ, HOME=str(self.home), SAL_USE_VCLPLUGIN="svp"),
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def make(self, service):
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def end(self):
        with contextlib.suppress(Exception):
            self.make("com.sun.star.frame.Desktop").terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def register(office, name):
    """A data source as Base makes it: a document in a file, registered under a name."""
    sources = office.make("com.sun.star.sdb.DatabaseContext")
    source = sources.createInstance()
    source.URL = f"sdbc:odbc:{name}"
    source.DatabaseDocument.storeAsURL(f"file://{office.home}/{name}.odb", ())
    sources.registerObject(name, source)
    return sources.getByName(name)


def rows(result, *readers):
    """All rows; each reader is the name of an XRow method, and NULL is None."""
    found = []
    while result.next():
        row = []
        for n, reader in enumerate(readers, 1):
            cell = getattr(result, reader)(n)
            row.append(None if result.wasNull() else cell)
        found.append(tuple(row))
    return found


def strings(result, *columns):
    found = []
    while result.next():
        found.append(tuple(result.getString(n) for n in columns))
    return found


office = Office()
try:
    source = register(office, "retail")
    connection = source.getConnection("", "")
    about = connection.MetaData

    def query(sql):
        return connection.createStatement().executeQuery(sql)

    @promise("connects and knows the driver")
    def connects():
        same((about.DatabaseProductName, about.IdentifierQuoteString, about.CatalogSeparator), ("Athena", '"', "."))
        same(about.URL, "sdbc:odbc:retail")

    @promise("a typed select, the milliseconds of a timestamp included")
    def typed():
        result = query("SELECT c_integer, c_varchar, c_decimal, c_date, c_timestamp, c_boolean, c_double, c_bigint, c_string FROM edges.every_type "
                       "WHERE label = 'normal'")
        assert result.next()
        date, moment = result.getDate(4), result.getTimestamp(5)
        same((result.getInt(1), result.getString(2), result.getString(3)), (123456, "varchar", "1234.50"))
        same((date.Year, date.Month, date.Day), (2024, 1, 31))
        same((moment.Year, moment.Month, moment.Day, moment.Hours, moment.Minutes, moment.Seconds, moment.NanoSeconds),
             (2024, 1, 31, 12, 34, 56, 789000000))
        same((result.getBoolean(6), result.getDouble(7), result.getLong(8), result.getString(9)), (True, 3.141592653589793, 1234567890123, "a string"))
        same(result.next(), False)

    @promise("columns may be read in any order and twice")
    def any_order():
        result = query("SELECT 1, 'two', 3")
        result.next()
        same((result.getInt(3), result.getString(2), result.getInt(1), result.getInt(3)), (3, "two", 1, 3))

    @promise("NULLs of every type")
    def nulls():
        found = rows(query("SELECT c_integer, c_varchar, c_decimal, c_date, c_timestamp, c_boolean, c_double, c_bigint FROM edges.every_type "
                           "WHERE label = 'null'"),
                     "getInt", "getString", "getString", "getDate", "getTimestamp", "getBoolean", "getDouble", "getLong")
        same(found, [(None,) * 8])

    @promise("text that is not ASCII, also outside the basic plane")
    def text():
        found = dict(strings(query("SELECT label, a FROM edges.csv_edges WHERE label IN ('cjk', 'emoji', 'cyrillic')"), 1, 2))
        same(found, {"cjk": "東京", "emoji": "😀🏦", "cyrillic": "Москва"})

    @promise("a prepared query with parameters, run twice")
    def prepared():
        statement = connection.prepareStatement("SELECT label FROM edges.csv_edges WHERE n > ? AND a = ?")
        found = []
        for n, a in ((3, 'say "hi"'), (1, "東京")):
            statement.setInt(1, n)
            statement.setString(2, a)
            found += strings(statement.executeQuery(), 1)
        statement.close()
        same(found, [("quote",), ("cjk",)])

    @promise("1,001 rows")
    def many():
        same(len(strings(query("SELECT n FROM edges.rows_1001"), 1)), 1001)

    @promise("getTables lists by pattern and type")
    def tables():
        same(strings(about.getTables(None, "flights", "air%", ("TABLE",)), 2, 3, 4),
             [("flights", "airlines", "TABLE"), ("flights", "airports", "TABLE")])
        same(strings(about.getTables(None, "flights", "%", ("VIEW",)), 3), [("carrier_delays",)])

    @promise("getColumns tells types and places")
    def columns():
        same(strings(about.getColumns(None, "flights", "airlines", "%"), 4, 17), [("carrier", "1"), ("name", "2")])
        found = {name: kind for name, kind in strings(about.getColumns(None, "edges", "every_type", "c_%"), 4, 5)}
        same([found[name] for name in ("c_integer", "c_bigint", "c_decimal", "c_date", "c_timestamp", "c_boolean")], ["4", "-5", "3", "91", "93", "-7"])

    @promise("getTypeInfo lists types under their own names")
    def types():
        found = dict(strings(about.getTypeInfo(), 1, 2))
        same((found["bigint"], found["date"], found["boolean"]), ("-5", "91", "-7"))

    @promise("getPrimaryKeys, getImportedKeys and getIndexInfo: there are no keys")
    def keys():
        same(strings(about.getPrimaryKeys(None, "flights", "airlines"), 4), [])
        same(strings(about.getImportedKeys(None, "flights", "airlines"), 4), [])
        same([row for row in strings(about.getIndexInfo(None, "flights", "airlines", False, False), 6) if row[0]], [])

    @promise("getSchemas and getCatalogs")
    def enumerations():
        schemas = {row[0] for row in strings(about.getSchemas(), 1)}
        assert {"flights", "edges", "mesh"} <= schemas, schemas
        assert ("AwsDataCatalog",) in strings(about.getCatalogs(), 1)

    @promise("a failing query says why, with its state, and the connection goes on")
    def failing():
        try:
            query("SELECT * FROM edges.nothing_here")
            raise AssertionError("no error")
        except SQLException as error:
            same(error.SQLState, "42S02")
            assert "nothing_here" in error.Message, error.Message
        same(strings(query("SELECT 40 + 2"), 1), [("42",)])

    @promise("the tree of tables shows every database, with tables, views and their columns")
    def tree():
        names = set(connection.Tables.ElementNames)
        wanted = {f"AwsDataCatalog.{name}" for name in ("flights.airlines", "flights.flights", "flights.carrier_delays", "edges.every_type")}
        assert wanted <= names, sorted(names)[:40]
        table = connection.Tables.getByName("AwsDataCatalog.flights.airlines")
        same((table.CatalogName, table.SchemaName, table.Name, table.Type), ("AwsDataCatalog", "flights", "airlines", "TABLE"))
        same(table.Columns.ElementNames, ("carrier", "name"))
        carrier = table.Columns.getByName("carrier")
        same((carrier.Type, carrier.Precision, carrier.TypeName.lower()), (12, 2, "varchar"))
        same(connection.Tables.getByName("AwsDataCatalog.flights.carrier_delays").Type, "VIEW")

    @promise("the tree shows the tables that another account shares by resource link, with columns and owner, and they can be read")
    def mesh():
        shared = {name.split(".")[2]: connection.Tables.getByName(name) for name in connection.Tables.ElementNames if name.split(".")[1] == "mesh"}
        same(sorted(shared), ["airports", "stocks", "weather"])
        for name, table in shared.items():
            assert f"link to shared.{name} of account {OWNER}" in table.Description, table.Description
        same(shared["stocks"].Columns.ElementNames, ("symbol", "month", "price"))
        month = shared["stocks"].Columns.getByName("month")
        same((month.Type, month.Description), (91, "First day of the month"))
        same(strings(query("SELECT symbol, price FROM mesh.stocks WHERE month = DATE '2000-01-01' AND symbol = 'AAPL'"), 1, 2), [("AAPL", "25.94")])

    @promise("a row set, as forms and the view of a table use it, scrolls and finds the last row")
    def row_set():
        cursor = office.make("com.sun.star.sdb.RowSet")
        cursor.DataSourceName, cursor.CommandType, cursor.Command = "retail", COMMAND, "SELECT n, label FROM edges.rows_1001 ORDER BY n"
        cursor.execute()
        assert cursor.last()
        same((cursor.getInt(1), cursor.getRow(), cursor.getString(2)), (1001, 1001, "row 1001"))
        assert cursor.absolute(500)
        same(cursor.getInt(1), 500)
        assert cursor.first()
        same((cursor.getInt(1), cursor.previous()), (1, False))
        cursor.dispose()

    @promise("a row set over a table of the tree reads it, as a double click does")
    def row_set_table():
        cursor = office.make("com.sun.star.sdb.RowSet")
        cursor.DataSourceName, cursor.CommandType, cursor.Command = "retail", TABLE, "AwsDataCatalog.flights.airlines"
        cursor.execute()
        cursor.last()
        same(cursor.getRow(), 16)
        cursor.dispose()

    def sheet_of(document):
        return document.Sheets.getByIndex(0)

    @promise("Calc fills a range from a query: heads, numbers, dates, NULLs and text")
    def calc_query():
        document = office.make("com.sun.star.frame.Desktop").loadComponentFromURL("private:factory/scalc", "_blank", 0, (value("Hidden", True),))
        try:
            target = sheet_of(document).getCellRangeByName("B2")
            target.doImport((value("DatabaseName", "retail"), value("SourceType", uno.Enum("com.sun.star.sheet.DataImportMode", "SQL")),
                             value("SourceObject", "SELECT label, c_integer, c_double, c_date, c_string FROM edges.every_type "
                                                   "WHERE label IN ('normal', 'null') ORDER BY label")))
            cell = sheet_of(document).getCellByPosition
            same([cell(n, 1).String for n in range(1, 6)], ["label", "c_integer", "c_double", "c_date", "c_string"])
            same((cell(1, 2).String, cell(2, 2).Value, cell(3, 2).Value, cell(4, 2).Value, cell(5, 2).String),
                 ("normal", 123456.0, 3.141592653589793, 45322.0, "a string"))  # days since 1899-12-30
            same([cell(n, 3).String for n in range(1, 6)], ["null", "", "", "", ""])
        finally:
            document.close(True)

    def imported_range(document):
        """The database range that remembers where its rows came from."""
        ranges = document.DatabaseRanges
        found = [ranges.getByIndex(n) for n in range(ranges.Count)
                 if any(item.Name == "SourceObject" and item.Value for item in ranges.getByIndex(n).ImportDescriptor)]
        same(len(found), 1, "ranges")
        return found[0]

    @promise("Calc takes a table of the tree that another account shares, and a refresh of the range brings the same rows")
    def calc_table():
        document = office.make("com.sun.star.frame.Desktop").loadComponentFromURL("private:factory/scalc", "_blank", 0, (value("Hidden", True),))
        try:
            sheet = sheet_of(document)
            document.DatabaseRanges.addNewByName("stocks", sheet.getCellRangeByName("A1").RangeAddress)
            sheet.getCellRangeByName("A1").doImport(
                (value("DatabaseName", "retail"), value("SourceType", uno.Enum("com.sun.star.sheet.DataImportMode", "TABLE")),
                 value("SourceObject", "AwsDataCatalog.mesh.stocks")))

            def seen():
                return sorted(tuple(sheet.getCellByPosition(column, n).String for column in range(2)) + (sheet.getCellByPosition(2, n).Value,)
                              for n in range(1, STOCKS + 1))
            first = seen()
            same([sheet.getCellByPosition(n, 0).String for n in range(3)], ["symbol", "month", "price"])
            same((first[0][0], first[0][2], sheet.getCellByPosition(0, STOCKS + 1).String), ("AAPL", 25.94, ""))
            sheet.getCellByPosition(0, 1).String = "changed"
            assert seen() != first
            imported_range(document).refresh()
            same(seen(), first)
        finally:
            document.close(True)

    @promise("disconnects, and a second connection works")
    def disconnects():
        connection.close()
        same(connection.isClosed(), True)
        again = source.getConnection("", "")
        same(strings(again.createStatement().executeQuery("SELECT 7"), 1), [("7",)])
        again.close()

    @promise("no part of the session ended LibreOffice")
    def alive():
        same(office.process.poll(), None)
finally:
    office.end()
assert COUNTS["passed"]
finish()
