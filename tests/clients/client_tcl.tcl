#!/usr/bin/tclsh
# tdbc::odbc (ODBC 3, wide) and tclodbc (ODBC 2, narrow).
set passed 0
set failed 0
fconfigure stdout -encoding utf-8
proc promise {sentence got want} {
    if {$got eq $want} { incr ::passed; puts "ok   tcl: $sentence" } else { incr ::failed; puts "FAIL tcl: $sentence\n     got $got, want $want" }
}
package require tdbc::odbc
tdbc::odbc::connection create db "DSN=retail"
set st [db prepare {SELECT c_integer, c_varchar, c_decimal, c_date FROM edges.every_type WHERE label = :label}]
$st paramtype label varchar 50
promise "tdbc: a typed row" [$st allrows -as lists {label normal}] {{123456 varchar 1234.5 2024-01-31}}
promise "tdbc: NULLs" [$st allrows -as dicts {label null}] {{}}
$st close
promise "tdbc: text that is not ASCII" [db allrows -as lists {SELECT a FROM edges.csv_edges WHERE label = 'cjk'}] "東京"
promise "tdbc: columns" [lsort [dict keys [db columns airlines]]] {carrier name}
promise "tdbc: tables" [dict exists [db tables airlines] airlines] 1
promise "tdbc: the state of a failing query" [expr {[catch {db allrows {SELECT * FROM edges.nothing_here}} message options] ? [lindex [dict get $options -errorcode] 2] : "none"}] 42S02
promise "tdbc: keys: there are none" [list [db primarykeys airlines] [db foreignkeys -foreign airlines]] {{} {}}
promise "tdbc: knows the types it may bind" [expr {[dict get [db typemap] -5] eq "bigint"}] 1
db close
promise "tdbc: disconnects" [info commands db] {}
package require tclodbc
database connect old retail
promise "tclodbc: a typed row" [old "SELECT c_integer, c_varchar, c_date, c_boolean FROM edges.every_type WHERE label = 'normal'"] {{123456 varchar 2024-01-31 1}}
promise "tclodbc: 1,001 rows" [llength [old "SELECT n FROM edges.rows_1001"]] 1001
promise "tclodbc: NULLs are empty" [old "SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'"] {{{} {}}}
promise "tclodbc: text that is not ASCII" [old "SELECT a FROM edges.csv_edges WHERE label = 'cjk'"] "東京"
promise "tclodbc: tables" [lsearch -inline -all -index 2 [old tables] airlines] [list [list AwsDataCatalog flights airlines TABLE [lindex [lsearch -inline -index 2 [old tables] airlines] 4]]]
promise "tclodbc: columns" [lmap column [old columns airlines] {lindex $column 3}] {carrier name}
promise "tclodbc: types" [lrange [lindex [old typeinfo 4] 0] 0 2] {int 4 10}
promise "tclodbc: keys: there are none" [old primarykeys airlines] {}
old statement st {SELECT label FROM edges.csv_edges WHERE a = ?} {{VARCHAR 50}}
promise "tclodbc: a parameter" [st [list {say "hi"}]] quote
st drop
promise "tclodbc: a failing query" [catch {old "SELECT * FROM edges.nothing_here"} message] 1
promise "tclodbc: its state" [lindex $message 0] S0002
old disconnect
promise "tclodbc: disconnects" [info commands old] {}
puts "tcl: $passed passed, $failed failed"
exit [expr {$failed > 0}]
