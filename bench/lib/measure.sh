# Sourced: one measurement at a time, each in a process of its own; the raw samples go to TSV. Data that differ are counted in WRONG.
# Expects SCRATCH, TSV, FETCH, ROOT, what `sandbox_start` exported and the CONNECT_ and SQL_ variables of the peers.

write_tls_dsn() {
    (
        ATHENA_SANDBOX_ENDPOINT=$ATHENA_SANDBOX_TLS_ENDPOINT
        write_dsn tls "${BASE_KEYS[@]}" RunAsRole="$RUN_AS" ConsumerAccountRoleArn=arn:aws:iam::222233334444:role/AthenaConsumer \
            ExternalId=bi-retail-7c1e Workgroup=retail-bi Schema=flights TrustedCerts="$ATHENA_SANDBOX_CA"
    )
}

measure_begin() {
    WRONG=0
    printf 'name\trepeat\trows\texecute\twall\tuser\tsystem\tbase_kb\tpeak_kb\n' >"$TSV"
}

rendered() { echo "/*+ sandbox:replay=mix8:$1 */ SELECT 1"; }

# fetch_by GROUP NAME MODE ROWSET ROWS [--judge]: a line of fetch.
fetch_by() {
    local connect="DSN=tls" sql connect_name="CONNECT_$1" sql_name="SQL_$1"
    sql=$(rendered "$5")
    case $2 in *-http-*) connect="DSN=retail" ;; esac
    [ -z "${!connect_name:-}" ] || { connect=${!connect_name} sql=${!sql_name}; }
    timeout 600 "$FETCH" --mode "$3" --rowset "$4" ${6:+"$6"} "$connect" "$sql"
}

# value NAME LINE: one of the pairs that fetch prints.
value() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" <<<"$2"; }

wrong() {
    echo "WRONG $*" >&2
    WRONG=$((WRONG + 1))
}

# The dropped first run: it fills caches, and its checksums must be those of the driver's native types. libsqliteodbc takes doubles through
# text of fifteen digits, so that its third column is another.
warm_up() {
    local name=$1 group=$2 mode=$3 rowset=$4 rows=$5 line judged file="$SCRATCH/judged-$5"
    case $name in
        curl-*) measure_curl "$name" "$rows" 0; return ;;
    esac
    line=$(fetch_by "$group" "$name" "$mode" "$rowset" "$rows" --judge) || { wrong "$name: no result"; return; }
    judged=$(value judged "$line")
    value touched "$line" >"$SCRATCH/touched-$name"
    [ -e "$file" ] || echo "$judged" >"$file"
    if [ "$group" = libsqliteodbc ]; then
        [ "$(cut -d, -f1,2,4- <<<"$judged")" = "$(cut -d, -f1,2,4- "$file")" ] || wrong "$name: checksum $judged"
    elif [ "$judged" != "$(cat "$file")" ]; then
        wrong "$name: checksum $judged, expected $(cat "$file")"
    fi
    [ "$(value rows "$line")" = "$rows" ] || wrong "$name: $(value rows "$line") rows"
    case $name in athena-*-large) newest_object >"$SCRATCH/object" ;; esac
}

measure_curl() {
    local name=$1 rows=$2 repeat=$3 endpoint=$ATHENA_SANDBOX_TLS_ENDPOINT out usage
    case $name in *-http-*) endpoint=$ATHENA_SANDBOX_ENDPOINT ;; esac
    TIMEFORMAT='%R %U %S'
    usage=$( { time object_get "$endpoint" "$(cat "$SCRATCH/object")" -o /dev/null -w '%{size_download} %{time_total}\n' >"$SCRATCH/curl"; } 2>&1)
    out=$(cat "$SCRATCH/curl")
    [ "${out%% *}" -gt $((rows * 140)) ] || { wrong "$name: $usage $out"; return; }
    [ "$repeat" -eq 0 ] || printf '%s\t%s\t%s\t0\t%s\t%s\t%s\t0\t0\n' "$name" "$repeat" "$rows" "${out##* }" \
        "$(cut -d' ' -f2 <<<"$usage")" "$(cut -d' ' -f3 <<<"$usage")" >>"$TSV"
}

measure() {
    local name=$1 group=$2 mode=$3 rowset=$4 rows=$5 repeat=$6 line key cells=""
    case $name in
        curl-*) measure_curl "$name" "$rows" "$repeat"; return ;;
    esac
    line=$(fetch_by "$group" "$name" "$mode" "$rowset" "$rows") || { wrong "$name: no result"; return; }
    if [ -e "$SCRATCH/touched-$name" ] && [ "$(value touched "$line")" != "$(cat "$SCRATCH/touched-$name")" ]; then
        wrong "$name: other data than in its first run"
        return
    fi
    [ "$(value rows "$line")" = "$rows" ] || { wrong "$name: $(value rows "$line") rows"; return; }
    for key in execute wall user system base_kb peak_kb; do cells="$cells"$'\t'"$(value $key "$line")"; done
    printf '%s\t%s\t%s%s\n' "$name" "$repeat" "$rows" "$cells" >>"$TSV"
}
