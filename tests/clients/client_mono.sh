#!/usr/bin/env bash
# Mono's System.Data.Odbc: wide entry points, SQLGetDiagField, attributes that are another vendor's own.
set -u
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cat >"$here/client.cs" <<'CS'
using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Odbc;

static class Client {
    static int passed, failed;
    static void Promise(string sentence, object got, object want) {
        if (Equals(got, want)) { passed++; Console.WriteLine("ok   mono: " + sentence); }
        else { failed++; Console.WriteLine("FAIL mono: " + sentence + "\n     got " + got + ", want " + want); }
    }
    static int Main() {
        using (var db = new OdbcConnection("DSN=retail")) {
            db.Open();
            var command = new OdbcCommand("SELECT c_integer, c_varchar, c_decimal, c_date, c_timestamp, c_boolean, c_bigint FROM edges.every_type WHERE label = ?", db);
            command.Parameters.AddWithValue("label", "normal");
            using (var reader = command.ExecuteReader()) {
                Promise("a row", reader.Read(), true);
                Promise("an integer", reader.GetInt32(0), 123456);
                Promise("text", reader.GetString(1), "varchar");
                Promise("a decimal", reader.GetDecimal(2), 1234.50m);
                Promise("a date", reader.GetDate(3), new DateTime(2024, 1, 31));
                Promise("a timestamp", reader.GetDateTime(4), new DateTime(2024, 1, 31, 12, 34, 56, 789));
                Promise("a boolean", reader.GetBoolean(5), true);
                Promise("a big integer", reader.GetInt64(6), 1234567890123L);
            }
            command = new OdbcCommand("SELECT c_integer FROM edges.every_type WHERE label = 'null'", db);
            Promise("NULL", command.ExecuteScalar(), DBNull.Value);
            command = new OdbcCommand("SELECT a FROM edges.csv_edges WHERE label = 'cjk'", db);
            Promise("text that is not ASCII", command.ExecuteScalar(), "東京");
            string state = "none";
            try { new OdbcCommand("SELECT * FROM edges.nothing_here", db).ExecuteScalar(); }
            catch (OdbcException error) { state = error.Errors[0].SQLState; }
            Promise("the state of a failing query", state, "42S02");
            int n = 0;
            using (var reader = new OdbcCommand("SELECT n FROM edges.rows_1001", db).ExecuteReader()) { while (reader.Read()) n++; }
            Promise("1,001 rows", n, 1001);
            string types = "";
            using (var reader = new OdbcCommand("SELECT symbol, month, price FROM mesh.stocks", db).ExecuteReader()) {
                foreach (DataRow column in reader.GetSchemaTable().Rows) types += column["ColumnName"] + ":" + ((Type)column["DataType"]).Name + ":" + column["IsKey"] + " ";
            }
            Promise("columns, types and keys of a table that another account shares", types, "symbol:String:False month:DateTime:False price:Decimal:False ");
            int tables = 0;
            using (var reader = new OdbcCommand("SHOW TABLES IN flights", db).ExecuteReader()) { while (reader.Read()) tables += reader.GetString(0) == "airlines" ? 1 : 0; }
            Promise("lists tables by a statement", tables, 1);
            string schema = "it works";
            try { db.GetSchema("Tables"); } catch (ArgumentNullException) { schema = "Mono lacks the lists"; }
            Promise("Mono's GetSchema has no lists of its own: it fails before it asks the driver", schema, "Mono lacks the lists");
            Promise("tells which driver and spoke it speaks to", db.Driver + " " + db.Database + " " + db.DataSource + " " + db.ServerVersion,
                    "libathenaodbc.so AwsDataCatalog 222233334444/us-east-1 03.00.0000");
            using (var transaction = db.BeginTransaction()) transaction.Rollback();
            db.Close();
            Promise("disconnects", db.State, ConnectionState.Closed);
        }
        Console.WriteLine("mono: {0} passed, {1} failed", passed, failed);
        return failed == 0 ? 0 : 1;
    }
}
CS
LD_PRELOAD="" mcs -out:"$here/client.exe" -r:System.Data "$here/client.cs" || exit 2
mono "$here/client.exe"
