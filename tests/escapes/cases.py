"""Reads tests/cases/escapes.txt and driver/sql/escape_fn.def for the tests of this folder."""
import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFUSALS = ("42000", "HYC00")


@dataclass
class Case:
    number: int
    odbc: str
    athena: str
    value: str
    note: str

    @property
    def is_refused(self):
        return self.athena in REFUSALS

    @property
    def is_volatile(self):
        return self.note.startswith("volatile")

    @property
    def is_statement(self):
        return self.note.startswith("statement")

    @property
    def parameters(self):
        """The literals of `marker: 'a', 2; remark`; None for a case without any."""
        if not self.note.startswith("marker: "):
            return None
        return [part.strip() for part in split_top(self.note[len("marker: "):].split(";")[0])]

    @property
    def is_executed(self):
        return not self.is_refused and (self.value != "-" or self.is_volatile)

    @property
    def expected(self):
        return None if self.value == "(null)" else self.value.strip('"')


def read_cases():
    text = (ROOT / "tests/cases/escapes.txt").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            columns = [column.strip() for column in f"{line} ".split(" | ")] + [""] * 3
            odbc, athena = (c.replace("\\n", "\n").replace("\\\\", "\\") for c in columns[:2])
            yield Case(number, odbc, athena, columns[2], columns[3])


@dataclass(frozen=True)
class Row:
    name: str
    arguments: int
    group: str
    bit: int


def read_rows():
    text = (ROOT / "driver/sql/escape_fn.def").read_text(encoding="utf-8")
    string = r'"(?:[^"\\]|\\.)*"'
    for found in re.finditer(rf'^FUNCTION\("(\w+)", (\d+), {string}, {string}, (\w+), (0x[0-9a-f]+)\)$', text, re.M | re.I):
        yield Row(found.group(1), int(found.group(2)), found.group(3), int(found.group(4), 16))


def split_top(text):
    """Cuts at commas that stand outside quotes and brackets."""
    parts, depth, quote, start = [], 0, False, 0
    for at, c in enumerate(text):
        if c == "'":
            quote = not quote
        elif quote:
            continue
        elif c in "({[":
            depth += 1
        elif c in ")}]":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    rest = text[start:]
    return parts + [rest] if parts or rest.strip() else []


def calls(odbc):
    """(name, arguments text, is inside another) of every function escape of a text."""
    for found in re.finditer(r"\{fn (\w+)\(", odbc):
        depth, quote, at = 1, False, found.end()
        while at < len(odbc) and depth:
            quote ^= odbc[at] == "'"
            depth += 0 if quote else (odbc[at] == "(") - (odbc[at] == ")")
            at += 1
        yield found.group(1).upper(), odbc[found.end():at - 1], found.start() > 0
