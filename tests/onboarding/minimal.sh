# Sourced by run: the documents of both roles, one action at a time.
build asan api_programs || exit 1
MINIMAL="$CHECK_DIR/minimal"
mkdir -p "$MINIMAL"
register_driver "$ROOT/build/asan/driver/libathenaodbc.so"
"$PYTHON" "$ROOT/tests/onboarding/minimal.py" documents >"$MINIMAL/documents.json" || exit 1
SANDBOX_PYTHON="${ATHENA_SANDBOX_VENV:-$ROOT/sandbox/venv}/bin/python" # it has PyYAML, and the first start of a sandbox makes it
[ -x "$SANDBOX_PYTHON" ] || { sandbox_start minimal && sandbox_stop minimal; } || exit 1
"$SANDBOX_PYTHON" "$ROOT/tests/onboarding/minimal_world.py" "$MINIMAL/documents.json" "$ROOT/sandbox/worlds/default.yaml" \
    "$MINIMAL/world.yaml" "$MINIMAL/cases.json" || exit 1
sandbox_start minimal --world "$MINIMAL/world.yaml" || exit 1
register_driver "$ROOT/build/asan/driver/libathenaodbc.so"

# The api programs with nothing but the printed documents: reading ones with both, the one that makes a table with those for writing.
for profile in read write; do
    write_dsn "minimal_$profile" AuthenticationType="IAM Credentials" UID=AKIASANDBOXBISERVICE PWD=sandbox/bi-service/secret/not-for-real00 \
        RunAsRole=arn:aws:iam::111122223333:role/AthenaRunAs ExternalId=minimal-77d1c3 Workgroup=retail-bi Schema=flights \
        ConsumerAccountRoleArn="arn:aws:iam::222233334444:role/Minimal-$profile-whole"
done
for pair in read:api_query read:api_odbc2 read:api_cancel write:api_query write:api_odbc2 write:api_catalog; do
    profile=${pair%%:*} program=${pair#*:} out="$MINIMAL/${pair/:/-}.log" want=""
    # One promise of api_query writes a row; a reader is refused there and nowhere else.
    [ "$pair" = read:api_query ] && want="FAIL the row count of a select is unknown and of an update true"
    ATHENA_TEST_DSN="minimal_$profile" ATHENA_TEST_CONNECT="DSN=minimal_$profile" SANITIZER_PRELOAD=$(asan_preload) guarded timeout 240 \
        "$ROOT/build/asan/api/$program" >"$out" 2>&1
    if grep -qE '[1-9][0-9]* passed, [0-9]+ failed' "$out" && [ "$(grep '^FAIL' "$out")" = "$want" ]; then
        echo "ok   onboarding: every call of $program passes with the whole document $profile"
        echo "onboarding: 1 passed, 0 failed"
    else
        echo "FAIL onboarding: every call of $program passes with the whole document $profile"
        grep -A3 FAIL "$out" | head -n 12 | sed 's/^/     /'
        echo "onboarding: 0 passed, 1 failed"
        failed_parts=yes
    fi
done
SANITIZER_PRELOAD=$(asan_preload) ASAN_OPTIONS=detect_leaks=0 guarded timeout 400 "$PYTHON" "$ROOT/tests/onboarding/minimal.py" "$MINIMAL/cases.json" \
    || failed_parts=yes
sandbox_stop minimal

# The linters, in an environment of their own; and what `template` prints for them.
"$PYTHON" "$ROOT/tests/onboarding/minimal.py" templates "$MINIMAL" || exit 1
python_environment "$CHECK_DIR/linters" ../tests/onboarding/requirements.txt || { echo "FAIL onboarding: the linters could not be installed"; exit 1; }
guarded timeout 300 "$CHECK_DIR/linters/bin/python" "$ROOT/tests/onboarding/lint.py" "$MINIMAL/documents.json" "$MINIMAL" || failed_parts=yes
