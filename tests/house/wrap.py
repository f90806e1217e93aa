#!/usr/bin/env python3
"""Wraps the lines of C files that are wider than 100 columns and leaves the others as they are: wrap.py FILE... Comments are wrapped here (one
behind code goes above its line), code by clang-format."""
import pathlib
import re
import subprocess
import sys
import textwrap

WIDTH = 100
STYLE = ("{BasedOnStyle: LLVM, IndentWidth: 4, ColumnLimit: 100, BreakBeforeBraces: Custom, BraceWrapping: {AfterFunction: true}, "
         "AllowShortFunctionsOnASingleLine: None, Cpp11BracedListStyle: false, SortIncludes: Never, AlignEscapedNewlines: DontAlign, "
         "ReflowComments: false, AlignTrailingComments: false, SpaceBeforeParens: ControlStatementsExceptForEachMacros}")


def comment(indent, text):
    """A comment above its line."""
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - len(indent) - 6, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}/* {lines[0]}"] + [f"{indent}   {line}" for line in lines[1:]], lines


def closed(indent, text):
    made, _ = comment(indent, text)
    made[-1] += " */"
    return made


def lift(lines):
    """Comments behind code that is too wide go above it."""
    made, at = [], 0
    while at < len(lines):
        line = lines[at]
        match = re.match(r"^(\s*)(#\s*define\s.*?|[^\s#/*}].*?)\s*/\*(.*)$", line)
        if len(line) <= WIDTH or not match or line.endswith("\\") or match.group(2).count('"') % 2 == 1:
            made.append(line)
            at += 1
            continue
        text, end = match.group(3), at
        while "*/" not in lines[end]:
            end += 1
            text += " " + lines[end].strip()
        if text.find("*/") != len(text.rstrip()) - 2:
            made.append(line)
            at += 1
            continue
        made += closed(match.group(1), text.rstrip()[:-2]) + [match.group(1) + match.group(2)]
        at = end + 1
    return made


def reflow(lines):
    """What does not fit into a line of a comment goes on in the next one, when that goes on in the same column."""
    made, rest, inside = [], "", False
    for line in lines:
        begins = re.match(r"^\s*/\*", line) is not None
        inside_here, inside = inside or begins, (inside or begins) and "*/" not in line
        if rest:
            margin = re.match(r"^\s*(?:/\* )?", made[-1]).group(0)
            column = len(margin)
            if not begins and line[:column].strip() == "" and line[column:column + 1].strip():
                line = " " * column + rest + " " + line[column:]
            else:
                made.append(" " * column + rest)
            rest = ""
        while inside_here and len(line) > WIDTH:
            margin = re.match(r"^\s*(?:/\* )?", line).group(0)
            cut = line.rfind(" ", len(margin), WIDTH + 1)
            if cut <= len(margin) or (line.rstrip().endswith("*/") is False and not inside):
                break
            made.append(line[:cut].rstrip())
            rest = line[cut + 1:].strip()
            if rest == "*/":  # never alone
                cut = made[-1].rfind(" ")
                rest, made[-1] = made[-1][cut + 1:] + " */", made[-1][:cut].rstrip()
            if rest.endswith("*/"):
                line, rest = " " * len(margin) + rest, ""
            else:
                break
        else:
            made.append(line)
            continue
        if not rest:
            made.append(line)
    return made


def wide(text):
    return [number for number, line in enumerate(text.split("\n"), 1) if len(line) > WIDTH]


def wrap(text):
    text = "\n".join(reflow(lift(text.split("\n"))))
    for _ in range(3):
        numbers = wide(text)
        if not numbers:
            break
        text = subprocess.run(["clang-format", f"--style={STYLE}", "--assume-filename=x.c", *(f"--lines={n}:{n}" for n in numbers)], input=text,
                              capture_output=True, text=True, check=True).stdout
    return text


def spread(text):
    """clang-format leaves the head of a table half open: each member gets its line."""
    return re.sub(r"^(\s*)(.*struct(?: \w+)? \{) ([^{}\n]+;)\n\s*(\} \w+)",
                  lambda m: m[1] + m[2] + "".join(f"\n{m[1]}    {member.strip()};" for member in m[3].split(";") if member.strip()) + f"\n{m[1]}{m[4]}", text, flags=re.M)


for name in sys.argv[1:]:
    path = pathlib.Path(name)
    before = path.read_text(encoding="utf-8")
    if not wide(before):
        continue
    after = spread(wrap(before))
    path.write_text(after, encoding="utf-8")
    if wide(after):
        print(f"{name}: still wide: {wide(after)[:8]}")
