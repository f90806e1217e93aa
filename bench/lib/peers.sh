# Sourced: the databases that the driver is compared with, each private to a scratch directory and to loopback, filled with the rows of
# bench/gen. A peer that is not installed is told so, once. Expects SCRATCH, GEN, ODBCSYSINI, ROWS.
# peer_start NAME: 0 when CONNECT_NAME and SQL_NAME are set; WHY otherwise says what is missing.

PEERS="libsqliteodbc psqlodbc mariadb"
MODULES=(/usr/lib/*/odbc /usr/lib/odbc /usr/lib64)

# find_module FILE...: the first of them among the places where distributions keep drivers.
find_module() {
    local name folder
    for name in "$@"; do
        for folder in "${MODULES[@]}"; do
            [ -e "$folder/$name" ] && { echo "$folder/$name"; return; }
        done
    done
    return 1
}

# as_server COMMAND...: database servers do not run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid="$SERVER_USER" --regid="$(id -g "$SERVER_USER")" --clear-groups "$@"
    else
        "$@"
    fi
}

# server_directory NAME USER: FOLDER is an empty directory that the server may write to.
server_directory() {
    FOLDER="$SCRATCH/$1" SERVER_USER=$2
    rm -rf "$FOLDER"
    mkdir -p "$FOLDER"
    [ "$(id -u)" -ne 0 ] || chown "$SERVER_USER" "$FOLDER"
}

table_columns() {
    echo "id bigint, number $1, ratio $2, amount decimal(18,2), code varchar(20), note varchar(60), day date, moment $3"
}

sqlite_start() {
    local module file="$SCRATCH/mix8.sqlite" columns n list=""
    module=$(find_module libsqlite3odbc.so) && command -v sqlite3 >/dev/null || { WHY="libsqliteodbc, sqlite3"; return 1; }
    columns=$(table_columns int double timestamp)
    for n in id number ratio amount code note day moment; do list="$list${list:+, }nullif($n, '')"; done
    rm -f "$file"
    "$GEN" "$ROWS" >"$SCRATCH/mix8.csv" || return 1
    # The rollback journal would only cost time; the file is made anew each time.
    sqlite3 "$file" >/dev/null <<SQL || { WHY="sqlite3 could not make its table"; return 1; }
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE text8 (id, number, ratio, amount, code, note, day, moment);
.mode csv
.import $SCRATCH/mix8.csv text8
CREATE TABLE mix8 ($columns);
INSERT INTO mix8 SELECT $list FROM text8;
DROP TABLE text8;
SQL
    rm -f "$SCRATCH/mix8.csv"
    CONNECT_libsqliteodbc="Driver=$module;Database=$file;NoTXN=1;NoWCHAR=1"
    SQL_libsqliteodbc="SELECT * FROM mix8"
}

postgres_start() {
    local module bin=""
    module=$(find_module psqlodbcw.so) || { WHY="odbc-postgresql"; return 1; }
    for bin in /usr/lib/postgresql/*/bin /usr/bin; do [ -x "$bin/initdb" ] && break; done
    [ -x "$bin/initdb" ] || { WHY="postgresql"; return 1; }
    server_directory postgres postgres
    PG_BIN=$bin PG_DATA=$FOLDER
    WHY="the private PostgreSQL did not start; see $SCRATCH/postgres.log"
    as_server "$bin/initdb" -D "$PG_DATA/data" -U bench -A trust --no-sync -E UTF8 --locale=C >"$SCRATCH/postgres.log" 2>&1 || return 1
    PG_PORT=$(free_port)
    as_server "$bin/pg_ctl" -D "$PG_DATA/data" -w -l "$PG_DATA/server.log" \
        -o "-p $PG_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c synchronize_seqscans=off" start \
        >>"$SCRATCH/postgres.log" 2>&1 || return 1
    "$GEN" "$ROWS" >"$SCRATCH/mix8.csv" &&
        "$bin/psql" -q -h 127.0.0.1 -p "$PG_PORT" -U bench -d postgres -v ON_ERROR_STOP=1 >>"$SCRATCH/postgres.log" 2>&1 <<SQL || return 1
BEGIN;  -- filled in the transaction that makes it, a table keeps the order of its rows
CREATE TABLE mix8 ($(table_columns integer "double precision" "timestamp(3)"));
\\copy mix8 FROM '$SCRATCH/mix8.csv' WITH (FORMAT csv)
COMMIT;
VACUUM ANALYZE mix8;
SQL
    rm -f "$SCRATCH/mix8.csv"
    CONNECT_psqlodbc="Driver=$module;Server=127.0.0.1;Port=$PG_PORT;Database=postgres;UID=bench"
    SQL_psqlodbc="SELECT * FROM mix8"
}

mariadb_start() {
    local module server="" candidate folder
    module=$(find_module libmaodbc.so) || { WHY="odbc-mariadb"; return 1; }
    for candidate in mariadbd /usr/sbin/mariadbd; do server=$(command -v "$candidate") && break; done
    [ -n "$server" ] && command -v mariadb-install-db >/dev/null || { WHY="mariadb-server"; return 1; }
    server_directory mariadb mysql
    folder=$FOLDER
    WHY="the private MariaDB did not start; see $SCRATCH/mariadb.log"
    as_server mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db \
        >"$SCRATCH/mariadb.log" 2>&1 || return 1
    MARIADB_PORT=$(free_port)
    as_server "$server" --no-defaults --datadir="$folder/data" --port="$MARIADB_PORT" --bind-address=127.0.0.1 --socket="$folder/socket" \
        --pid-file="$folder/pid" --skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=1G --local-infile=1 \
        >>"$SCRATCH/mariadb.log" 2>&1 &
    MARIADB_PID_FILE="$folder/pid"
    for _ in $(seq 150); do
        mariadb-admin --no-defaults --socket="$folder/socket" -u root ping >/dev/null 2>&1 && break
        sleep 0.1
    done
    "$GEN" "$ROWS" --null '\N' >"$SCRATCH/mix8.csv" &&
        mariadb --no-defaults --local-infile=1 --socket="$folder/socket" -u root >>"$SCRATCH/mariadb.log" 2>&1 <<SQL || return 1
CREATE DATABASE bench;
CREATE TABLE bench.mix8 ($(table_columns int double "datetime(3)")) CHARACTER SET utf8mb4;
LOAD DATA LOCAL INFILE '$SCRATCH/mix8.csv' INTO TABLE bench.mix8 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"';
CREATE USER bench@127.0.0.1 IDENTIFIED BY 'bench';
GRANT SELECT ON bench.* TO bench@127.0.0.1;
SQL
    rm -f "$SCRATCH/mix8.csv"
    CONNECT_mariadb="Driver=$module;Server=127.0.0.1;Port=$MARIADB_PORT;Database=bench;UID=bench;PWD=bench"
    SQL_mariadb="SELECT * FROM mix8"
}

peer_start() {
    case $1 in
        libsqliteodbc) sqlite_start ;;
        psqlodbc) postgres_start ;;
        mariadb) mariadb_start ;;
    esac
}

# Stops what was started, and nothing else.
peers_stop() {
    [ -z "${PG_DATA:-}" ] || as_user postgres "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -m immediate stop >/dev/null 2>&1
    [ ! -s "${MARIADB_PID_FILE:-}" ] || end_server "$(cat "$MARIADB_PID_FILE")"
    rm -rf "$SCRATCH/postgres" "$SCRATCH/mariadb" "$SCRATCH"/mix8.*
}

end_server() {
    kill "$1" 2>/dev/null
    for _ in $(seq 100); do
        grep -qs '^State:[^Z]*$' "/proc/$1/status" || return 0
        sleep 0.1
    done
}

as_user() {
    SERVER_USER=$1
    shift
    as_server "$@"
}

# A port that nobody listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
    done
}
