# Sourced by `check` and by every tests/*/run: a clean environment, private directories, builds, a sandbox of one's own.
# Expects ROOT; sets CHECK_DIR (scratch, below the checkout's .check), PYTHON.

ROOT=${ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
CHECK_DIR=${CHECK_DIR:-$ROOT/.check}
export ROOT CHECK_DIR
mkdir -p "$CHECK_DIR"

# Nothing of the caller's AWS, proxy, certificate or ODBC settings may reach a test.
scrub_environment() {
    local name
    for name in $(compgen -e); do
        case $name in
            AWS_*|ODBC*|*_proxy|*_PROXY|CURL_CA_BUNDLE|SSL_CERT_FILE|SSL_CERT_DIR|ATHENA_TEST_*) unset "$name" ;;
        esac
    done
    export AWS_EC2_METADATA_DISABLED=true
    export HOME="$CHECK_DIR/home" LC_ALL=C.UTF-8
    rm -rf "$HOME"
    mkdir -p "$HOME"
    export ODBCSYSINI="$CHECK_DIR/odbc" ODBCINI="$CHECK_DIR/odbc/user.ini"
    mkdir -p "$ODBCSYSINI"
    : >"$ODBCINI"
}

# Debian's interpreter when it is there: python3-pyodbc belongs to it.
find_python() {
    PYTHON=/usr/bin/python3
    [ -x "$PYTHON" ] || PYTHON=$(command -v python3)
    export PYTHON
}

# build PRESET [TARGET...]: configures once, builds, prints only what went wrong.
build() {
    local preset=$1 log
    shift
    log="$CHECK_DIR/build-$preset.log"
    if ! (cd "$ROOT" && cmake --preset "$preset" && cmake --build "build/$preset" ${1:+--target "$@"}) >"$log" 2>&1; then
        echo "the $preset build failed; the end of $log:"
        tail -n 40 "$log"
        return 1
    fi
}

# The guard of tests/lib/guard.c, built once.
build_guard() {
    GUARD="$CHECK_DIR/guard.so"
    if [ ! -e "$GUARD" ] || [ "$ROOT/tests/lib/guard.c" -nt "$GUARD" ]; then
        cc -shared -fPIC -O1 -Wall -o "$GUARD" "$ROOT/tests/lib/guard.c" -ldl || return 1
    fi
    export GUARD ATHENA_GUARD_LOG="$CHECK_DIR/guard.log"
}

# Runs a command under the guard (and after the sanitizer's runtime, which wants to be first).
guarded() {
    LD_PRELOAD="${SANITIZER_PRELOAD:+$SANITIZER_PRELOAD }$GUARD" "$@"
}

asan_preload() {
    echo "$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
}

# python_environment DIRECTORY LIST...: a virtual environment with these requirement lists of sandbox/, made or brought up to date when they
# have changed. From the index, or with --wheels from files.
python_environment() {
    local directory=$1 list stamp where="--retries 2 --timeout 30"
    shift
    stamp=$(cd "$ROOT/sandbox" && cat "$@" | cksum)
    [ "$(cat "$directory/installed-for-tests" 2>/dev/null)" = "$stamp" ] && return 0
    [ -x "$directory/bin/pip" ] || "$PYTHON" -m venv "$directory" || return 1
    [ -n "${WHEELS:-}" ] && where="--no-index --find-links $WHEELS"
    for list in "$@"; do
        # shellcheck disable=SC2086
        "$directory/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes $where -r "$ROOT/sandbox/$list" \
            || { echo "could not install $list: is the package index reachable? (--wheels DIR installs from files)"; return 1; }
    done
    echo "$stamp" >"$directory/installed-for-tests"
}

# sandbox_start NAME [up options...]: exports what `sandbox/up` prints.
sandbox_start() {
    local name=$1 out
    shift
    out="$CHECK_DIR/sandbox-$name.env"
    if ! "$ROOT/sandbox/up" --state "$CHECK_DIR/sandbox-$name" --fresh ${WHEELS:+--wheels "$WHEELS"} "$@" >"$out" 2>"$out.err"; then
        echo "the sandbox did not start:"
        cat "$out.err" "$out"
        return 1
    fi
    # shellcheck disable=SC1090
    . "$out"
}

sandbox_stop() {
    "$ROOT/sandbox/down" --state "$CHECK_DIR/sandbox-$1" >/dev/null 2>&1 || true
}

# tally FILE: adds up every line "… N passed, N failed[, N skipped]" and sets PASSED FAILED SKIPPED.
tally() {
    read -r PASSED FAILED SKIPPED < <(awk '
        match($0, /[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/) {
            n = split(substr($0, RSTART), part, /[ ,]+/); p += part[1]; f += part[3]; s += n > 4 ? part[5] : 0
        }
        END { print p + 0, f + 0, s + 0 }' "$1")
}
