# Sourced: what catalog functions cost in calls and time, on a world of 10,000 tables whose services take 20 ms for each answer.
# Expects what bench/run has set.

catalog_part() (
    sandbox_start bench-catalog --world "$ROOT/tests/worlds/catalog.yaml" || exit 1
    "$PYTHON" "$ROOT/bench/lib/catalog.py" $REPEATS
)
