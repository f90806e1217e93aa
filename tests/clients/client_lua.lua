#!/usr/bin/lua5.3
-- LuaSQL. It has no catalog functions. Its prepared statements are used without parameters here: it tells the length of a parameter by four
-- bytes where SQLBindParameter's last argument points to eight, so no driver can know how long a value is.
local driver = require "luasql.odbc"
local passed, failed = 0, 0
local function promise(sentence, got, want)
    if got == want then passed = passed + 1; print("ok   lua: " .. sentence)
    else failed = failed + 1; print("FAIL lua: " .. sentence); print("     got " .. tostring(got) .. ", want " .. tostring(want)) end
end
local env = assert(driver.odbc())
local db = assert(env:connect("retail"))
local cursor = assert(db:execute("SELECT c_integer, c_varchar, c_decimal, c_date, c_boolean FROM edges.every_type WHERE label = 'normal'"))
local row = cursor:fetch({}, "n")
promise("a typed row", table.concat({ math.floor(row[1]), row[2], string.format("%.2f", row[3]), row[4], tostring(row[5]) }, "|"), "123456|varchar|1234.50|2024-01-31|true")
cursor:close()
cursor = db:execute("SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'")
local first, second = cursor:fetch()
promise("NULLs", tostring(first) .. tostring(second), "nilnil")
cursor:close()
cursor = db:execute("SELECT a FROM edges.csv_edges WHERE label = 'cjk'")
promise("text that is not ASCII", cursor:fetch(), "東京")
cursor:close()
cursor = db:execute("SELECT n FROM edges.rows_1001")
local n = 0
while cursor:fetch() do n = n + 1 end
promise("1,001 rows", n, 1001)
cursor:close()
local ok, message = db:execute("SELECT * FROM edges.nothing_here")
promise("a failing query", ok, nil)
promise("it says why", message:find("nothing_here", 1, true) ~= nil, true)
local statement = assert(db:prepare("SELECT count(*) FROM edges.rows_1001"))
for _ = 1, 2 do
    cursor = assert(statement:execute())
    promise("a prepared query, run again and again", math.floor(cursor:fetch()), 1001)
    cursor:close()
end
statement:close()
cursor = db:execute("SHOW TABLES IN flights")
local tables, name = {}, cursor:fetch()
while name do tables[name] = true; name = cursor:fetch() end
cursor:close()
promise("lists tables by a statement, having no function for it", tostring(tables.airlines) .. tostring(db.tables), "truenil")
cursor = db:execute("SELECT c_integer, c_varchar, c_date FROM edges.every_type WHERE label = 'normal'")
promise("names of the columns", table.concat(cursor:getcolnames(), " "), "c_integer c_varchar c_date")
promise("types of the columns", table.concat(cursor:getcoltypes(), " "), "integer string string")
cursor:close()
promise("changes nothing at a rollback", tostring(db:setautocommit(false)) .. tostring(db:rollback()) .. tostring(db:commit()), "truetruetrue")
promise("disconnects", tostring(db:close()) .. tostring(env:close()), "truetrue")
print(("lua: %d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
