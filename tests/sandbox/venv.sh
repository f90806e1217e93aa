# Sourced after tests/lib/environment.sh: VENV, the virtual environment of the sandbox's tests, installed when its lists changed.
# CHECK_POLARS=1 adds one more reader (55 MB).
VENV="$CHECK_DIR/venv"
LISTS="requirements.txt requirements-data.txt requirements-test.txt"
[ -n "${CHECK_POLARS:-}" ] && LISTS="$LISTS requirements-polars.txt"
# shellcheck disable=SC2086
stamp=$(cd "$ROOT/sandbox" && cat $LISTS | cksum)
if [ "$(cat "$VENV/installed-for-tests" 2>/dev/null)" != "$stamp" ]; then
    [ -x "$VENV/bin/pip" ] || "$PYTHON" -m venv "$VENV" || exit 1
    where="--retries 2 --timeout 30"
    [ -n "${WHEELS:-}" ] && where="--no-index --find-links $WHEELS"
    for list in $LISTS; do
        # shellcheck disable=SC2086
        "$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes $where -r "$ROOT/sandbox/$list" \
            || { echo "could not install $list: is the package index reachable? (--wheels DIR installs from files)"; exit 1; }
    done
    echo "$stamp" >"$VENV/installed-for-tests"
    # sandbox/up looks here whether what it needs is there.
    cat "$ROOT/sandbox/requirements.txt" "$ROOT/sandbox/requirements-data.txt" | cksum >"$VENV/installed"
fi
export ATHENA_SANDBOX_VENV="$VENV"
