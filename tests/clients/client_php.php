#!/usr/bin/php
<?php
// odbc_* (an ODBC 2 application that fetches with SQLExtendedFetch) and PDO_ODBC.
$passed = $failed = 0;
function promise($sentence, $got, $want) {
    global $passed, $failed;
    if ($got === $want) { $passed++; echo "ok   php: $sentence\n"; }
    else { $failed++; echo "FAIL php: $sentence\n     got " . json_encode($got, JSON_UNESCAPED_UNICODE) . ", want " . json_encode($want, JSON_UNESCAPED_UNICODE) . "\n"; }
}
$sql = "SELECT c_integer, c_varchar, c_decimal, c_date, c_timestamp, c_boolean, c_bigint, c_string FROM edges.every_type WHERE label = ?";
$normal = ['123456', 'varchar', '1234.50', '2024-01-31', '2024-01-31 12:34:56.789', '1', '1234567890123', 'a string'];

$db = odbc_connect('retail', '', '');
if (!$db) { echo odbc_errormsg(), "\n"; exit(2); }
$st = odbc_prepare($db, $sql);
promise('odbc_execute runs a prepared query', odbc_execute($st, ['normal']), true);
promise('odbc_fetch_array gives a typed row', array_values(odbc_fetch_array($st) ?: []), $normal);
odbc_execute($st, ['null']);
promise('odbc_fetch_array gives NULLs', array_filter(array_values(odbc_fetch_array($st)), fn($v) => $v !== null), []);
$st = odbc_exec($db, "SELECT a FROM edges.csv_edges WHERE label = 'cjk'");
promise('text that is not ASCII', odbc_fetch_row($st) ? odbc_result($st, 1) : null, '東京');
promise('odbc_num_rows is not zero when there are rows', odbc_num_rows($st) !== 0, true);
$names = [];
$st = odbc_tables($db, null, 'flights', 'air%', 'TABLE');
while ($row = odbc_fetch_array($st)) { $names[] = $row['TABLE_NAME']; }
promise('odbc_tables', $names, ['airlines', 'airports']);
$names = [];
$st = odbc_columns($db, null, 'flights', 'airlines', '%');
while ($row = odbc_fetch_array($st)) { $names[] = $row['COLUMN_NAME']; }
promise('odbc_columns', $names, ['carrier', 'name']);
promise('odbc_primarykeys', odbc_fetch_array(odbc_primarykeys($db, null, 'flights', 'airlines')), false);
promise('odbc_gettypeinfo', is_array(odbc_fetch_array(odbc_gettypeinfo($db))), true);
promise('a failing query', @odbc_exec($db, 'SELECT * FROM edges.nothing_here'), false);
promise('its state is the one of ODBC 2', odbc_error($db), 'S0002');
$shapes = ['odbc_foreignkeys' => ['', '', '', '', 'flights', 'airlines'], 'odbc_columnprivileges' => [null, 'flights', 'airlines', '%'],
    'odbc_tableprivileges' => [null, 'flights', 'airlines'], 'odbc_procedures' => [], 'odbc_procedurecolumns' => []];
$found = [];
foreach ($shapes as $function => $arguments) {
    $st = $function($db, ...$arguments);
    $found[$function] = [odbc_num_fields($st), odbc_fetch_array($st)];
}
promise('odbc_foreignkeys, ...privileges, ...procedures are empty lists of the right width', $found,
    ['odbc_foreignkeys' => [14, false], 'odbc_columnprivileges' => [8, false], 'odbc_tableprivileges' => [7, false], 'odbc_procedures' => [8, false],
     'odbc_procedurecolumns' => [19, false]]);
$st = odbc_specialcolumns($db, 1, null, 'flights', 'airlines', 0, 0);
promise('odbc_specialcolumns', [odbc_num_fields($st), odbc_fetch_array($st)], [8, false]);
$st = odbc_exec($db, 'SELECT n FROM edges.rows_1001 ORDER BY n');
for ($n = 0; odbc_fetch_row($st); $n++) { $last = odbc_result($st, 1); }
promise('1,001 rows', [$n, $last], [1001, '1001']);
odbc_close($db);

$pdo = new PDO('odbc:retail', '', '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$st = $pdo->prepare($sql);
$st->execute(['normal']);
promise('PDO: a typed row', $st->fetch(PDO::FETCH_NUM), $normal);
$st->execute(['null']);
promise('PDO: NULLs', array_filter($st->fetch(PDO::FETCH_NUM), fn($v) => $v !== null), []);
promise('PDO: text that is not ASCII', $pdo->query("SELECT b FROM edges.csv_edges WHERE label = 'emoji'")->fetchColumn(), '😀');
try { $pdo->query('SELECT * FROM edges.nothing_here'); $state = 'none'; } catch (PDOException $error) { $state = $error->getCode(); }
promise('PDO: the state of a failing query', $state, '42S02');
promise('PDO: a transaction that changes nothing', $pdo->beginTransaction() && $pdo->rollBack(), true);
$names = array_column($pdo->query('SHOW TABLES IN flights')->fetchAll(PDO::FETCH_NUM), 0);
promise('PDO lists tables by a statement, having no function for lists', [in_array('airlines', $names), method_exists($pdo, 'tables')], [true, false]);
$st = $pdo->query("SELECT n FROM edges.rows_1001 ORDER BY n");
promise('PDO: 1,001 rows', array_sum($st->fetchAll(PDO::FETCH_COLUMN)), 501501);
$st = $pdo = null;
echo "php: $passed passed, $failed failed\n";
exit($failed ? 1 : 0);
