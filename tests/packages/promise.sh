# Sourced: promise SENTENCE COMMAND... prints ok or FAIL with the end of what the command said; promises_kept prints the counts.
passed=0 failed=0
promise_said=$(mktemp)
promise() {
    sentence=$1
    shift
    if "$@" >"$promise_said" 2>&1; then
        passed=$((passed + 1))
        echo "ok   packages: $sentence"
    else
        failed=$((failed + 1))
        echo "FAIL packages: $sentence"
        tail -n 12 "$promise_said" | sed 's/^/     /'
    fi
}

# Whether a command says something that matches; what it said is shown when it does not.
says() { # extended regular expression, command...
    wanted=$1
    shift
    said=$("$@" 2>&1) || true
    printf '%s\n' "$said" | grep -Eq -- "$wanted" || { printf 'nothing matches %s in:\n%s\n' "$wanted" "$said"; return 1; }
}

silent() { # command...: it says nothing and ends well
    said=$("$@" 2>&1) && [ -z "$said" ] || { printf '%s\n' "$said"; return 1; }
}

no() {
    ! "$@"
}

equal() { # wanted, got
    [ "$1" = "$2" ] || { printf 'wanted: %s\ngot:    %s\n' "$1" "$2"; return 1; }
}

promises_kept() {
    rm -f "$promise_said"
    echo "packages: $passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
