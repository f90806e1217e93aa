"""Promises: sentences that hold or do not. `promise("…")(function)` runs it at once, prints and counts; `finish(area)` ends the program.
`promise("…", skip="why")` names it and leaves it out."""
COUNTS = {"passed": 0, "failed": 0, "skipped": 0}
AREA = ["test"]


def promise(sentence, skip=None):
    def run(function):
        if skip:
            COUNTS["skipped"] += 1
            print(f"SKIP {AREA[0]}: {sentence}: {skip}")
            return function
        try:
            function()
            COUNTS["passed"] += 1
            print(f"ok   {AREA[0]}: {sentence}")
        except Exception as error:  # noqa: BLE001 - every failure is printed and counted
            COUNTS["failed"] += 1
            print(f"FAIL {AREA[0]}: {sentence}")
            print(f"     {type(error).__name__}: {error}"[:900])
        return function
    return run


def same(got, want, what=""):
    if got != want or type(got) is not type(want):
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def finish():
    skipped = f", {COUNTS['skipped']} skipped" if COUNTS["skipped"] else ""
    print(f"{AREA[0]}: {COUNTS['passed']} passed, {COUNTS['failed']} failed{skipped}")
    raise SystemExit(1 if COUNTS["failed"] else 0)
