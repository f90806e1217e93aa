#!/usr/bin/env swipl
% SWI-Prolog's ODBC interface.
:- use_module(library(odbc)).
:- initialization(main, main).
:- dynamic count/2.
count(passed, 0).
count(failed, 0).
bump(What) :- retract(count(What, N)), M is N + 1, assertz(count(What, M)).
promise(Sentence, Got, Want) :-
    (   Got = Want -> bump(passed), format("ok   prolog: ~w~n", [Sentence])
    ;   bump(failed), format("FAIL prolog: ~w~n     got ~q, want ~q~n", [Sentence, Got, Want]) ).
main :-
    odbc_connect(retail, Db, [encoding(utf8)]),
    odbc_query(Db, "SELECT c_integer, c_varchar, c_double FROM edges.every_type WHERE label = 'normal'", Row),
    promise('a typed row', Row, row(123456, varchar, 3.141592653589793)),
    odbc_query(Db, "SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'", Nulls),
    promise('NULLs', Nulls, row('$null$', '$null$')),
    odbc_query(Db, "SELECT a FROM edges.csv_edges WHERE label = 'cjk'", Text),
    promise('text that is not ASCII', Text, row('東京')),
    odbc_prepare(Db, "SELECT label FROM edges.csv_edges WHERE n > ? AND a = ?", [integer, varchar(50)], Statement),
    odbc_execute(Statement, [3, 'say "hi"'], Found),
    promise('a prepared query with parameters', Found, row(quote)),
    odbc_free_statement(Statement),
    findall(C, (odbc_table_column(Db, airlines, C)), Columns),
    promise('columns', Columns, [carrier, name]),
    catch((odbc_query(Db, "SELECT * FROM edges.nothing_here", _), State = none), error(odbc(State, _, _), _), true),
    promise('the state of a failing query', State, '42S02'),
    findall(N, odbc_query(Db, "SELECT n FROM edges.rows_1001", row(N)), Ns), length(Ns, Length),
    promise('1,001 rows', Length, 1001),
    findall(T, (odbc_current_table(Db, T), memberchk(T, [airlines, airports, every_type])), Tables), sort(Tables, Listed),
    promise('tables', Listed, [airlines, airports, every_type]),
    findall(F, (odbc_table_column(Db, airlines, carrier, F), memberchk(F, [data_type(_), type_name(_), table_owner(_)])), Facts),
    promise('facts of a column', Facts, [table_owner(flights), data_type(12), type_name(varchar)]),
    findall(F, (odbc_type(Db, bigint, F), memberchk(F, [name(_), data_type(_), precision(_)])), Type),
    promise('types', Type, [name(bigint), data_type(-5), precision(19)]),
    findall(K, odbc_table_primary_key(Db, airlines, K), Keys),
    promise('keys: there are none', Keys, []),
    odbc_query(Db, "SELECT c_date, c_timestamp FROM edges.every_type WHERE label = 'normal'", Moments),
    promise('a date and a moment', Moments, row(date(2024, 1, 31), timestamp(2024, 1, 31, 12, 34, 56, 789000000))),
    ( odbc_disconnect(Db) -> Gone = yes ; Gone = no ),
    promise('disconnects', Gone, yes),
    count(passed, P), count(failed, F),
    format("prolog: ~w passed, ~w failed~n", [P, F]),
    ( F =:= 0 -> halt(0) ; halt(1) ).
