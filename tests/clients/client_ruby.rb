#!/usr/bin/ruby
# ruby-odbc: an ODBC 2 application.
# Debian 12's ruby-odbc finds no manager of its own unless it is loaded before.
unless ENV['LD_PRELOAD'].to_s.include?('libodbc')
  ENV['LD_PRELOAD'] = [ENV['LD_PRELOAD'], 'libodbc.so.2'].compact.join(' ')
  exec('ruby', __FILE__)
end
require 'odbc'
$passed = $failed = 0
def promise(sentence, got, want)
  if got == want then $passed += 1; puts "ok   ruby: #{sentence}"
  else $failed += 1; puts "FAIL ruby: #{sentence}", "     got #{got.inspect}, want #{want.inspect}" end
end
db = ODBC.connect('retail')
row = db.run("SELECT c_integer, c_varchar, c_decimal, c_double, c_string FROM edges.every_type WHERE label = 'normal'").fetch
promise('a typed row', row, [123456, 'varchar', '1234.50', 3.141592653589793, 'a string'])
row = db.run("SELECT c_date, c_timestamp FROM edges.every_type WHERE label = 'normal'").fetch
promise('dates with milliseconds', row.map(&:to_s), ['2024-01-31', '2024-01-31 12:34:56 789000000'])
promise('NULLs', db.run("SELECT c_integer, c_varchar, c_date FROM edges.every_type WHERE label = 'null'").fetch, [nil, nil, nil])
st = db.prepare('SELECT a FROM edges.csv_edges WHERE label = ? AND length(b) < CAST(? AS integer)')
st.execute('cyrillic', 3)
promise('a prepared query with parameters, text that is not ASCII', st.fetch.map { |t| t.force_encoding('UTF-8') }, ['Москва'])
st.drop
promise('tables', db.tables('airlines').fetch_all.map { |r| r[2] }, ['airlines'])
promise('columns', db.columns('airlines').fetch_all.select { |r| r[1] == 'flights' }.map { |r| r[3] }, %w[carrier name])
promise('keys: there are none', db.primary_keys('airlines').fetch_all.to_a, [])
promise('types', db.types.fetch_all.map { |r| r[0] }.include?('bigint'), true)
begin
  db.run('SELECT * FROM edges.nothing_here')
  message = 'no error'
rescue ODBC::Error => error
  message = error.message
end
promise('the state of a failing query', message[0, 5], 'S0002')
promise('1,001 rows', db.run('SELECT n FROM edges.rows_1001 ORDER BY n').fetch_all.length, 1001)
promise('disconnects', [db.disconnect, db.connected?], [true, false])
puts "ruby: #{$passed} passed, #{$failed} failed"
exit($failed == 0)
