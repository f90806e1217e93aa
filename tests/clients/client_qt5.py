#!/usr/bin/python3
"""Qt 5's QODBC through PyQt5: an ODBC 2 application on the wide entry points that asks for scrolling."""
from PyQt5.QtCore import QCoreApplication, QDate, QDateTime
from PyQt5.QtSql import QSqlDatabase, QSqlQuery, QSqlQueryModel, QSqlTableModel

application = QCoreApplication([])
passed = failed = 0


def promise(sentence, got, want):
    global passed, failed
    if got == want:
        passed += 1
        print(f"ok   qt5: {sentence}")
    else:
        failed += 1
        print(f"FAIL qt5: {sentence}\n     got {got!r}, want {want!r}")


db = QSqlDatabase.addDatabase("QODBC")
db.setDatabaseName("retail")
promise("opens", (db.open(), db.lastError().text()), (True, ""))
query = QSqlQuery(db)
query.prepare("SELECT c_integer, c_varchar, c_date, c_timestamp, c_double, c_boolean FROM edges.every_type WHERE label = ?")
query.addBindValue("normal")
promise("runs a prepared query", (query.exec_(), query.lastError().text()), (True, ""))
query.next()
promise("a typed row", [query.value(n) for n in (0, 1, 4, 5)], [123456, "varchar", 3.141592653589793, True])
promise("a date", query.value(2), QDate(2024, 1, 31))
promise("a timestamp with milliseconds", query.value(3).toString("yyyy-MM-dd hh:mm:ss.zzz"), "2024-01-31 12:34:56.789")
query = QSqlQuery("SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'", db)
query.next()
promise("NULLs", [query.isNull(0), query.isNull(1)], [True, True])
query = QSqlQuery("SELECT a FROM edges.csv_edges WHERE label = 'emoji'", db)
query.next()
promise("text outside the basic plane", query.value(0), "😀🏦")
query = QSqlQuery("SELECT n FROM edges.rows_1001 ORDER BY n", db)
promise("scrolls to the last row and back", (query.last(), query.value(0), query.first(), query.value(0), query.seek(499), query.value(0)), (True, 1001, True, 1, True, 500))
promise("tables", "airlines" in [name.split(".")[-1] for name in db.tables()], True)
record = db.record("airlines")
promise("columns", [record.fieldName(n) for n in range(record.count())], ["carrier", "name"])
promise("types of a table's columns", [(record.field(n).type(), record.field(n).length()) for n in range(2)], [(10, 2), (10, 65535)])  # QString
promise("keys: there are none", db.primaryIndex("airlines").count(), 0)
model = QSqlTableModel(None, db)
model.setTable("airlines")
promise("the table model, which wants to scroll", (model.select(), model.rowCount(), model.data(model.index(0, 0))), (True, 16, "9E"))
model = QSqlQueryModel()
model.setQuery("SELECT n, label FROM edges.rows_1001 ORDER BY n", db)
while model.canFetchMore():
    model.fetchMore()
promise("the query model reads on", (model.rowCount(), model.data(model.index(1000, 1))), (1001, "row 1001"))
del model
query = QSqlQuery(db)
promise("a failing query", query.exec_("SELECT * FROM edges.nothing_here"), False)
promise("it says why", "nothing_here" in query.lastError().text(), True)
del query, record
db.close()
promise("disconnects", db.isOpen(), False)
print(f"qt5: {passed} passed, {failed} failed")
raise SystemExit(1 if failed else 0)
