#!/usr/bin/perl
# DBD::ODBC: an ODBC 3 application on the narrow entry points.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
binmode STDOUT, ':utf8';

my ($passed, $failed) = (0, 0);
sub promise {
    my ($sentence, $got, $want) = @_;
    $got  = defined $got  ? $got  : '(null)';
    $want = defined $want ? $want : '(null)';
    if ($got eq $want) { $passed++; print "ok   perl: $sentence\n"; }
    else               { $failed++; print "FAIL perl: $sentence\n     got $got, want $want\n"; }
}

my $db = DBI->connect('dbi:ODBC:retail', '', '', { RaiseError => 0, PrintError => 0, odbc_utf8_on => 1, LongReadLen => 100000 })
    or die DBI->errstr;
my $sql = "SELECT c_integer, c_varchar, c_decimal, c_date, c_timestamp, c_boolean, c_double, c_bigint, c_string FROM edges.every_type WHERE label = ?";
my $st = $db->prepare($sql);
$st->execute('normal') or print $st->errstr;
promise('reads a typed row', join('|', $st->fetchrow_array), '123456|varchar|1234.50|2024-01-31|2024-01-31 12:34:56.789|1|3.141592653589793|1234567890123|a string');
$st->execute('null');
promise('reads NULLs', scalar(grep { defined } $st->fetchrow_array), 0);
$st = $db->prepare("SELECT a, b FROM edges.csv_edges WHERE n > ? AND label = ?");
$st->bind_param(1, 5, SQL_INTEGER);    # an untyped marker is text to Athena, and text is not compared with numbers
$st->bind_param(2, 'cyrillic');
$st->execute;
promise('reads and sends text that is not ASCII', join('|', map { utf8::decode(my $t = $_); $t } $st->fetchrow_array), 'Москва|я');
$st->bind_param(2, 'quote');
$st->execute;
promise('executes a prepared statement again', join('|', $st->fetchrow_array), 'say "hi"|"');
$st = $db->table_info('%', 'flights', 'air%', 'TABLE');
promise('lists tables', join('|', map { $_->[2] } @{ $st->fetchall_arrayref }), 'airlines|airports');
$st = $db->column_info(undef, 'flights', 'airlines', '%');
promise('lists columns', join('|', map { $_->[3] } @{ $st->fetchall_arrayref }), 'carrier|name');
$st = $db->primary_key_info(undef, 'flights', 'airlines');
promise('lists keys: there are none', $st ? scalar(@{ $st->fetchall_arrayref }) : 'no statement', 0);
$st = $db->type_info_all;
promise('lists types', (grep { ref eq 'ARRAY' && $_->[0] eq 'bigint' } @$st) ? 'yes' : 'no', 'yes');
$st = $db->prepare('SELECT * FROM edges.nothing_here');
$st->execute if $st;
promise('gets the state of a failing query', $db->state, '42S02');
promise('goes on after a failure', ($db->selectrow_array('SELECT 40 + 2'))[0], 42);
my $rows = $db->selectall_arrayref('SELECT n FROM edges.rows_1001 ORDER BY n');
promise('reads 1,001 rows', scalar(@$rows) . '/' . $rows->[-1][0], '1001/1001');
promise('changes nothing at a rollback', $db->begin_work && $db->rollback ? 'yes' : $db->errstr, 'yes');
promise('disconnects', $db->disconnect ? 'yes' : 'no', 'yes');
print "perl: $passed passed, $failed failed\n";
exit($failed ? 1 : 0);
