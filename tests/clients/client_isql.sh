#!/usr/bin/env bash
# isql and iusql: UTF-8 unharmed, help, errors, an ODBC 2 and an ODBC 3 session.
passed=0 failed=0
promise() { # sentence, wanted pattern, text
    if grep -qE -- "$2" <<<"$3"; then
        passed=$((passed + 1)); echo "ok   $1"
    else
        failed=$((failed + 1)); echo "FAIL $1"; head -n 8 <<<"$3" | sed 's/^/     /'
    fi
}
ask() { # program options... sql
    local sql=${*: -1}
    printf '%s\n' "$sql" | "${@:1:$#-1}" 2>&1
}
for program in "isql -b" "isql -3 -b"; do
    promise "$program prints UTF-8 text unharmed" '東京.*漢' "$(ask $program -d'|' retail "SELECT a, b FROM edges.csv_edges WHERE label = 'cjk'")"
    promise "$program prints characters outside the basic plane" '😀🏦' "$(ask $program -d'|' retail "SELECT a FROM edges.csv_edges WHERE label = 'emoji'")"
    promise "$program sends UTF-8 text unharmed" 'emoji' "$(ask $program -d'|' retail "SELECT label FROM edges.csv_edges WHERE a = '😀🏦'")"
    promise "$program tells why a query failed" "42S02|S0002" "$(ask $program -v retail "SELECT * FROM nothing_here")"
done
# iusql widens each byte that is typed and prints the low byte of each UTF-16 unit: what was typed comes back whole, and a column shows
# whether the units are right.
promise "iusql -b gives back unharmed what was typed" '東京 😀' "$(ask iusql -b -d'|' retail "SELECT '東京 😀' AS t")"
low=$(printf '%s\n' "SELECT a FROM edges.csv_edges WHERE label = 'cjk'" | iusql -b -d'|' retail | od -An -tx1 | tr -d ' \n')
promise "iusql -b gets the right UTF-16 units (U+6771 U+4EAC)" '^71ac0a$' "$low"
promise "iusql -b tells why a query failed" "TABLE_NOT_FOUND" "$(ask iusql -b -v retail "SELECT * FROM nothing_here")"
for program in "isql -b" "isql -3 -b" "iusql -b"; do
    promise "$program lists tables" 'flights_by_month' "$(ask $program -d'|' retail "help")"
    promise "$program lists columns" 'sched_dep_time' "$(ask $program -d'|' retail "help flights")"
    promise "$program prints dates and decimals" '2024-01-31\|2024-01-31 12:34:56.789\|1234.50' \
        "$(ask $program -d'|' retail "SELECT c_date, c_timestamp, c_decimal FROM edges.every_type WHERE label = 'normal'")"
done
for program in "isql -b" "isql -3 -b" "iusql -b"; do
    promise "$program prints a typed row" '^123456\|varchar\|3.14159265358979[0-9]*\|1\|1234567890123$' \
        "$(ask $program -d'|' retail "SELECT c_integer, c_varchar, c_double, c_boolean, c_bigint FROM edges.every_type WHERE label = 'normal'")"
    promise "$program prints NULLs as nothing" '^x\|\|\|$' "$(ask $program -d'|' retail "SELECT 'x', c_integer, c_varchar, c_date FROM edges.every_type WHERE label = 'null'")"
    [ "$program" = "iusql -b" ] || # whose help takes no pattern
    promise "$program lists tables that another account shares" 'mesh\|stocks\|TABLE.*555566667777' "$(ask $program -d'|' retail "help null mesh null null")"
    [ "$program" = "iusql -b" ] ||
    promise "$program lists databases" '\|flights\|' "$(ask $program -d'|' retail 'help "" % "" ""')"
    promise "$program has no parameters: a marker is refused" 'not bound' "$(ask $program -v retail "SELECT n FROM edges.rows_1001 WHERE n = ?")"
    promise "$program has no command for types and keys" '^0$' "$(ask $program retail "help help" | grep -ciE 'key|type ?info|gettype')"
    printf 'SELECT 1\nquit\n' | $program retail >/dev/null 2>&1
    promise "$program disconnects" '^0$' "$?"
done
promise "isql aggregates over a table of the consumer account" '336776' "$(ask isql -b -d'|' retail "SELECT count(*) FROM flights")"
promise "isql says what is wrong with the connection" 'ExternalId' "$(printf '' | isql -v 'DSN=retail;ConsumerAcountRoleArn=x' 2>&1; printf '[wrong]\n' >/dev/null; isql -v -k 'DSN=retail;ExternalIdd=x' </dev/null 2>&1)"
echo "isql: $passed passed, $failed failed"
[ $failed -eq 0 ]
