#!/usr/bin/env bash
# GDAL's ogrinfo: an ODBC 2 application that looks at every table.
passed=0 failed=0
promise() {
    if grep -qE -- "$2" <<<"$3"; then passed=$((passed + 1)); echo "ok   gdal: $1"; else failed=$((failed + 1)); echo "FAIL gdal: $1"; head -n 6 <<<"$3" | sed 's/^/     /'; fi
}
promise "a typed row" 'c_integer.*= 123456' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT c_integer, c_varchar, c_date, c_double FROM edges.every_type WHERE label = 'normal'" 2>&1)"
promise "a date" 'c_date.*= 2024/01/31' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT c_date FROM edges.every_type WHERE label = 'normal'" 2>&1)"
promise "text that is not ASCII" '東京' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT a FROM edges.csv_edges WHERE label = 'cjk'" 2>&1)"
promise "a layer for a table" 'airlines' "$(ogrinfo -ro 'ODBC:@retail,flights.airlines' 2>&1)"
promise "a NULL is null" 'c_integer \(Integer\) = \(null\)' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'" 2>&1)"
all=$(ogrinfo -ro 'ODBC:@retail' 2>&1)
promise "a list of tables of every database" '[0-9]+: edges.every_type' "$all"
promise "tables that another account shares are in it" '[0-9]+: mesh.stocks' "$all"
layer=$(ogrinfo -ro -so 'ODBC:@retail,mesh.stocks' mesh.stocks 2>&1)
promise "the types of a layer's columns" 'month: Date .*price: Real \(10.2\)' "$(tr '\n' ' ' <<<"$layer")"
promise "the number of its rows" 'Feature Count: 560' "$layer"
promise "keys: there are none" '^0$' "$(grep -c 'FID Column' <<<"$layer")"
promise "ogrinfo binds no parameters: a marker is refused" 'not bound' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT n FROM edges.rows_1001 WHERE n = ?" 2>&1)"
promise "a failing query" 'nothing_here' "$(ogrinfo -ro 'ODBC:@retail' -sql "SELECT * FROM edges.nothing_here" 2>&1)"
echo "gdal: $passed passed, $failed failed"
[ $failed -eq 0 ]
