#!/usr/bin/env python3
"""Every case of escapes.txt through the driver: translated, executed, and its value compared with what the standard defines; what is
announced by SQLGetInfo is what was executed."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from cases import read_cases, read_rows, calls, split_top  # noqa: E402
from connection import Escapes, refused  # noqa: E402
from conversions import CONVERTED, SAMPLES, TARGETS  # noqa: E402
from promise import AREA, COUNTS, finish, promise, same  # noqa: E402
from sandbox import Calls  # noqa: E402

AREA[0] = "escapes"
db = Escapes(os.environ["ATHENA_TEST_CONNECT"])
executed = set()  # (name, arguments) of rows that stood in an executed text
skipped = 0


def note_executed(odbc):
    for name, arguments, _ in calls(odbc):
        executed.add((name, len(split_top(arguments))))


BITS = {"true": "1", "false": "0"}  # a boolean is an SQL_BIT, and as characters that is a digit


def check_value(case):
    if case.is_statement:
        got = db.run(case.odbc)[0][0]
    else:
        got = db.value(case.odbc, case.parameters or ())
    if case.is_volatile:
        assert got is not None, "no value"
    else:
        same(got, BITS.get(case.expected, case.expected))
    note_executed(case.odbc)


def check_refusal(case):
    with Calls() as made:
        state, message = refused(db.value, case.odbc)
    same(state, case.athena, message)
    assert "athena:StartQueryExecution" not in made.made, made.made


for case in read_cases():
    if not case.is_refused and not case.is_executed:
        print(f"SKIP escapes.txt:{case.number} {case.odbc[:60]}: {case.note}")
        skipped += 1
        continue

    @promise(f"escapes.txt:{case.number} {case.odbc}" + (" is refused" if case.is_refused else f" is {case.value}"))
    def one(case=case):
        (check_refusal if case.is_refused else check_value)(case)


GROUPS = {"STRING": 50, "NUMERIC": 49, "SYSTEM": 51, "TIMEDATE": 52}
for group, number in GROUPS.items():
    @promise(f"every announced {group} function was translated and ran, and nothing else is announced")
    def bits(group=group, number=number):
        announced, ran = db.info(number), 0
        for row in read_rows():
            if row.group == group and (row.name, row.arguments) in executed:
                ran |= row.bit
        same(hex(announced), hex(ran))


@promise("CONVERT and CAST are announced, and both ran")
def convert_functions():
    same(db.info(48), 3)
    assert ("CONVERT", 2) in executed
    same(db.value("CAST('12' AS integer)"), "12")


INTERVALS = {0x2: "SECOND", 0x4: "MINUTE", 0x8: "HOUR", 0x10: "DAY", 0x20: "WEEK", 0x40: "MONTH", 0x80: "QUARTER", 0x100: "YEAR"}
for number, name in ((109, "TIMESTAMPADD"), (110, "TIMESTAMPDIFF")):
    @promise(f"{name} runs with every announced interval, and announces all but fractions of a second")
    def intervals(number=number, name=name):
        same(hex(db.info(number)), hex(sum(INTERVALS)))
        for unit in INTERVALS.values():
            second = "1" if name == "TIMESTAMPADD" else "{ts '2020-01-01 00:00:00'}"
            assert db.value(f"{{fn {name}(SQL_TSI_{unit}, {second}, {{ts '2024-02-29 10:20:30'}})}}") is not None


for name, (number, sample) in SAMPLES.items():
    @promise(f"SQL_CONVERT_{name}: what is announced runs, and it is what Athena can cast")
    def conversions(name=name, number=number, sample=sample):
        announced = db.info(number)
        same(sorted(t for t, (bit, _) in TARGETS.items() if announced & bit), sorted(CONVERTED.get(name, ())))
        for target, (bit, _) in TARGETS.items():
            if not announced & bit:
                continue
            given = sample.get(target, sample[""]) if isinstance(sample, dict) else sample
            got = db.value(f"{{fn CONVERT({given}, SQL_{target})}}")
            assert got is not None, f"to {target}: NULL"


if skipped:
    print(f"escapes executed: {COUNTS['passed']} passed, {COUNTS['failed']} failed, {skipped} skipped")
    raise SystemExit(1 if COUNTS["failed"] else 0)
finish()
