# Sourced after tests/lib/environment.sh: VENV, the virtual environment of the sandbox's tests, installed when its lists changed.
# CHECK_POLARS=1 adds one more reader (55 MB).
VENV="$CHECK_DIR/venv"
LISTS="requirements.txt requirements-data.txt requirements-test.txt"
[ -n "${CHECK_POLARS:-}" ] && LISTS="$LISTS requirements-polars.txt"
# shellcheck disable=SC2086
python_environment "$VENV" $LISTS || exit 1
# sandbox/up looks here whether what it needs is there.
cat "$ROOT/sandbox/requirements.txt" "$ROOT/sandbox/requirements-data.txt" | cksum >"$VENV/installed"
export ATHENA_SANDBOX_VENV="$VENV"
