#!/usr/bin/escript
%% Erlang's odbc application.
main(_) ->
    ok = odbc:start(),
    put(passed, 0), put(failed, 0),
    {ok, Db} = odbc:connect("DSN=retail", [{binary_strings, on}, {scrollable_cursors, off}]),
    {selected, _, Row} = odbc:sql_query(Db, "SELECT c_integer, c_varchar, c_double, c_boolean FROM edges.every_type WHERE label = 'normal'"),
    promise("a typed row", Row, [{123456, <<"varchar">>, 3.141592653589793, true}]),
    {selected, _, Nulls} = odbc:sql_query(Db, "SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'"),
    promise("NULLs", Nulls, [{null, null}]),
    {selected, _, Text} = odbc:sql_query(Db, "SELECT a FROM edges.csv_edges WHERE label = 'cjk'"),
    promise("text that is not ASCII", Text, [{<<"東京"/utf8>>}]),
    {selected, _, Found} = odbc:param_query(Db, "SELECT label FROM edges.csv_edges WHERE n > ? AND a = ?", [{sql_integer, [3]}, {{sql_varchar, 50}, [<<"say \"hi\"">>]}]),
    promise("a prepared query with parameters", Found, [{<<"quote">>}]),
    {selected, _, Rows} = odbc:sql_query(Db, "SELECT n FROM edges.rows_1001"),
    promise("1,001 rows", length(Rows), 1001),
    {error, Reason} = odbc:sql_query(Db, "SELECT * FROM edges.nothing_here"),
    promise("a failing query says why", string:find(lists:flatten(io_lib:format("~p", [Reason])), "nothing_here") =/= nomatch, true),
    {ok, Columns} = odbc:describe_table(Db, "flights.airlines"),
    promise("describes a table", [Name || {Name, _} <- Columns], ["carrier", "name"]),
    {selected, _, Tables} = odbc:sql_query(Db, "SHOW TABLES IN flights"),
    promise("lists tables by a statement, having no function for it nor for types and keys",
            {lists:member({<<"airlines">>}, Tables), [F || {F, _} <- odbc:module_info(exports), lists:member(F, [tables, columns, types, primary_keys])]},
            {true, []}),
    {ok, Types} = odbc:describe_table(Db, "mesh.stocks"),
    promise("the types of a table that another account shares", Types, [{"symbol", {sql_varchar, 5}}, {"month", 'SQL_TYPE_DATE'}, {"price", {sql_decimal, 10, 2}}]),
    promise("a moment and a decimal", odbc:sql_query(Db, "SELECT c_timestamp, c_decimal FROM edges.every_type WHERE label = 'normal'"),
            {selected, ["c_timestamp", "c_decimal"], [{{{2024, 1, 31}, {12, 34, 56}}, 1234.5}]}),
    promise("disconnects", odbc:disconnect(Db), ok),
    io:format("erlang: ~w passed, ~w failed~n", [get(passed), get(failed)]),
    halt(case get(failed) of 0 -> 0; _ -> 1 end).

promise(Sentence, Got, Got) -> put(passed, get(passed) + 1), io:format("ok   erlang: ~s~n", [Sentence]);
promise(Sentence, Got, Want) -> put(failed, get(failed) + 1), io:format("FAIL erlang: ~s~n     got ~p, want ~p~n", [Sentence, Got, Want]).
