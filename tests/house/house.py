#!/usr/bin/env python3
"""The house rules, checked: who may include whom, what leaves the library, what is banned, how big things are, and that every
table agrees with the docs and templates that are made from it. Prints one line a finding; ends with the counts."""
import pathlib
import re
import subprocess
import sys

import conversions

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = ROOT / "driver"
BUILD = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "release"

# DESIGN: a room may include itself and what its line lists.
ROOMS = {
    "base": [],
    "net": ["base"],
    "aws": ["base", "net"],
    "config": ["base"],
    "sql": ["base"],
    "value": ["base"],
    "athena": ["base", "net", "aws"],
    "spoke": ["base", "net", "aws", "config", "athena"],
    "rows": ["base", "value", "athena"],
    "catalog": ["base", "value", "athena", "rows", "spoke"],
    "odbc": ["base", "config", "sql", "value", "athena", "rows", "spoke", "catalog"],
    "entry": ["base", "odbc"],
}
# Third-party headers and the only files that may see them (a room's name alone: every file of it).
FOREIGN = {
    r"json-c/": ["base/json.c"],
    r"openssl/": ["base/digest.c"],
    r"pthread\.h": ["base/lock.h", "base/lock.c", "base/worker.h", "base/worker.c"],
    r"curl/": ["net/curl.c", "net/curl_transfer.c", "net/curl_transfer.h"],
    r"expat\.h": ["aws/xml.c"],
    r"(sql|sqlext|sqltypes|sqlucode)\.h": ["value", "rows", "catalog", "odbc", "entry"],
    r"odbcinst(ext)?\.h": [],
}
BANNED = ["strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "strtod", "setlocale", "gmtime", "localtime", "rand", "alloca",
          "system", "popen", "gets"]
FILE_LINES, FUNCTION_LINES, COLUMNS = 600, 70, 100

results = {"passed": 0, "failed": 0, "skipped": 0}


def check(name, problems):
    problems = sorted(set(problems))
    if problems:
        results["failed"] += 1
        print(f"FAIL house: {name}")
        for problem in problems[:20]:
            print(f"     {problem}")
        if len(problems) > 20:
            print(f"     ... and {len(problems) - 20} more")
    else:
        results["passed"] += 1
        print(f"ok   house: {name}")


def sources(*patterns, below=DRIVER):
    return sorted(path for pattern in patterns for path in below.rglob(pattern))


def code_of(path):
    """The text without comments and strings, line structure kept."""
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: '""' if m.group(0)[0] in "\"'" else re.sub(r"[^\n]", " ", m.group(0)), text)


def includes(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        if match:
            yield match.group(1), match.group(2)


def check_includes():
    wrong, foreign, stray = [], [], []
    for path in sources("*.c", "*.h", "*.inc", "*.def"):
        relative = path.relative_to(DRIVER).as_posix()
        room = relative.split("/")[0]
        if room not in ROOMS:
            stray.append(f"{relative} is in no room of the house")
            continue
        for kind, name in includes(path):
            if kind == '"':
                target = name.split("/")[0]
                if target not in ROOMS:
                    wrong.append(f'{relative} includes "{name}": write it from driver/ on')
                elif target != room and target not in ROOMS[room]:
                    wrong.append(f'{relative} may not include "{name}"')
            for pattern, allowed in FOREIGN.items():
                if kind == "<" and re.match(pattern, name) and relative not in allowed and room not in allowed:
                    foreign.append(f"{relative} may not include <{name}>")
    check("a room includes only what its row lists", wrong + stray)
    check("third-party headers stay in their files", foreign)


def check_banned():
    found = []
    for path in sources("*.c", "*.h", "*.inc") + sources("*.c", "*.h", below=ROOT / "odbcinst"):
        for number, line in enumerate(code_of(path).splitlines(), 1):
            for word in BANNED:
                if re.search(rf"(?<![\w.>]){word}\s*\(", line):
                    found.append(f"{path.relative_to(ROOT)}:{number} calls {word}")
    check("no banned call", found)


def check_states():
    """Only diag and sqlstate.def know SQLSTATE texts; elsewhere they are names."""
    found = []
    for path in sources("*.c", "*.h"):
        relative = path.relative_to(DRIVER).as_posix()
        if relative.startswith("odbc/diag") or relative == "odbc/sqlstate.c" or relative.startswith("entry/"):
            continue
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r'"(?:HY[0-9A-Z]{3}|IM\d{3}|[0-4]\d[S0]\d{2}|HYT0\d)"', text):
            found.append(f"{relative} writes a SQLSTATE: {match.group(0)}")
    check("only the diagnostics write SQLSTATEs", found)


def function_sizes():
    out = subprocess.run(["ctags", "-f", "-", "--fields=+ne", "--c-kinds=f", *map(str, sources("*.c") + sources("*.c", below=ROOT / "odbcinst"))],
                         capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        cells = line.split("\t")
        facts = dict(cell.split(":", 1) for cell in cells[3:] if ":" in cell)
        if "line" in facts and "end" in facts:
            yield int(facts["end"]) - int(facts["line"]) + 1, cells[0], pathlib.Path(cells[1]).relative_to(ROOT).as_posix()


def check_sizes():
    files = sorted(((len(path.read_text(encoding="utf-8").splitlines()), path.relative_to(ROOT).as_posix())
                    for path in sources("*.c", "*.h", "*.inc") + sources("*.c", "*.h", below=ROOT / "odbcinst")), reverse=True)
    functions = sorted(function_sizes(), reverse=True)
    print("     the five longest files:     " + ", ".join(f"{name} {lines}" for lines, name in files[:5]))
    print("     the ten longest functions:  " + ", ".join(f"{name} {lines}" for lines, name, _ in functions[:10]))
    lengths = sorted(lines for lines, _, _ in functions)
    print(f"     {len(files)} files, {sum(lines for lines, _ in files)} lines, {len(functions)} functions, median {lengths[len(lengths) // 2]} lines")
    check(f"no file over {FILE_LINES} lines", [f"{name}: {lines} lines" for lines, name in files if lines > FILE_LINES])
    check(f"no function over {FUNCTION_LINES} lines",
          [f"{where} {name}: {lines} lines" for lines, name, where in functions if lines > FUNCTION_LINES])


def check_columns():
    """Tables (.def) may be wider: their rows are read in columns."""
    below = [DRIVER, ROOT / "odbcinst", ROOT / "bench", ROOT / "tests"]
    wide = [f"{path.relative_to(ROOT).as_posix()}:{number} has {len(line)} columns" for folder in below for path in sources("*.c", "*.h", "*.inc", below=folder)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > COLUMNS]
    check(f"no line over {COLUMNS} columns (tests/house/wrap.py FILE... wraps)", wide)


def check_library():
    library = BUILD / "driver" / "libathenaodbc.so"
    if not library.exists():
        check("the library is built", [f"{library} is missing"])
        return
    symbols = subprocess.run(["nm", "-D", "--defined-only", str(library)], capture_output=True, text=True, check=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in symbols.splitlines() if len(line.split()) == 3 and line.split()[1] != "A"}
    check("only SQL* leaves the library", [name for name in exported if not name.startswith("SQL")])
    table = (DRIVER / "odbc" / "functions.def").read_text(encoding="utf-8")
    functions = set(re.findall(r"^FUNCTION\w*\(\s*(SQL\w+)", table, re.M))
    wide = {name for name in exported if name.endswith("W") and name[:-1] in exported}
    check("the exported functions are those of functions.def",
          [f"{name} is exported but not in the table" for name in exported - wide - functions]
          + [f"{name} is in the table but not exported" for name in functions - exported])
    needed = subprocess.run(["readelf", "-d", str(library)], capture_output=True, text=True, check=True).stdout
    check("the driver links neither manager nor installer",
          [line.strip() for line in needed.splitlines() if "NEEDED" in line and re.search(r"odbc", line)])
    check("the library stays loaded, relocations are read-only and bound at start",
          [flag for flag in ("NODELETE", "BIND_NOW") if flag not in needed])


def check_keywords():
    names = set()
    for match in re.finditer(r'^\s*KEYWORD\(\s*\w+,\s*"([^"]+)",\s*"([^"]*)"', (DRIVER / "config" / "keyword.def").read_text(encoding="utf-8"), re.M):
        names.add(match.group(1).lower())
        names.update(alias.strip().lower() for alias in re.split(r"[,|; ]+", match.group(2)) if alias.strip())
    unknown = []
    templates = sorted((ROOT / "dsn-templates").glob("*.ini"))
    for path in templates:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r"\s*[#;]?\s?([A-Za-z_]\w*)\s*=", line)
            if match and match.group(1).lower() not in names:
                unknown.append(f"{path.relative_to(ROOT)}:{number} has the unknown key {match.group(1)}")
    check(f"every key in {len(templates)} templates is in keyword.def", unknown if templates else ["no template found"])
    reference = ROOT / "docs" / "keys.md"
    text = reference.read_text(encoding="utf-8").lower() if reference.exists() else ""
    check("docs/keys.md names every key", [f"{name} is missing" for name in names if f"`{name}`" not in text])


def check_words():
    found = []
    words = re.compile(r"/wor[k]/(main|shared|steering|\.library)|bash_job[s]|/tmp/tea[m]|deb\.debia[n]|pypi\.or[g]|pythonhoste[d]|registry\.npmj[s]|repo1?\.mave[n]")
    for name in subprocess.run(["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True).stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 1 << 20:
            text = path.read_bytes().decode("utf-8", "replace")
            for number, line in enumerate(text.splitlines(), 1):
                if words.search(line):
                    found.append(f"{name}:{number} {line.strip()[:80]}")
    check("no machine path or package host in the tree", found)


def check_tests():
    missing = []
    for path in sources("*.c"):
        room = path.parent.name
        tests = ROOT / "tests" / "unit" / room
        if room not in ("entry",) and not (tests.exists() and any(tests.glob("test_*.c"))):
            missing.append(f"driver/{room} has no unit test")
    check("every room has unit tests", missing)


def check_conversions():
    pairs, outcomes = conversions.counts()
    check(f"the {outcomes} outcomes of {pairs} pairs of the standard's conversion tables have a case, all other pairs a refusal", conversions.findings())


def check_top():
    allowed = {"CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md", "LICENSE", "quickstart", "check", "driver", "odbcinst",
               "dsn-templates", "sandbox", "bench", "tests", "packaging", "docs", ".ci", ".gitignore", ".git", "build", ".quickstart", ".check"}
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True).stdout
    extra = {name.split("/")[0] for name in listed.splitlines()} - allowed
    check("the top of the tree is as designed", [f"{name} does not belong at the top" for name in extra])


def main():
    check_top()
    check_includes()
    check_banned()
    check_states()
    check_sizes()
    check_columns()
    check_library()
    check_keywords()
    check_tests()
    check_conversions()
    check_words()
    print(f"{results['passed']} passed, {results['failed']} failed, {results['skipped']} skipped")
    return 1 if results["failed"] else 0


sys.exit(main())
