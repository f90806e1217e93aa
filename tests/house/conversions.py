"""The conversion tables: every outcome that conversion_matrix has must stand in tests/cases/, every pair that it does not have must
be refused there, and nothing may stand there that neither the page nor a stated deviation has."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "cases"
WARNINGS = {"to_sql": {"01S07"}}  # "C to SQL: Numeric" [b]: a driver may say that a fraction went
ALIASES = {"DATE": "TYPE_DATE", "TIME": "TYPE_TIME", "TIMESTAMP": "TYPE_TIMESTAMP"}
REFUSED = "07006"


def parts(text, separator=","):
    """Items of a list, cut outside brackets."""
    items, depth, item = [], 0, ""
    for character in text:
        depth += (character in "(<{") - (character in ")>}")
        if character == separator and depth == 0:
            items.append(item.strip())
            item = ""
        else:
            item += character
    return [*items, item.strip()]


def base(name):
    return re.split(r"[({<]", name)[0].strip().replace(" ", "_")


def read_matrix():
    """Sets, and (direction, source, target) -> {outcome: whether it is wanted}."""
    sets, cells = {}, {}

    def spread(words):
        return [one for word in words.split() for one in (spread(sets[word]) if word in sets else [word])]

    for line in (HERE / "conversion_matrix").read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in line.split("|")]
        if line.startswith(("to_c ", "to_sql ")):
            direction, sources = fields[0].split(None, 1)
            for source in spread(sources):
                for target in spread(fields[1]):
                    cell = cells.setdefault((direction, source, target), {})
                    for state in fields[2].split():
                        cell[state.lstrip("+")] = True
        elif "=" in line and not line.startswith("#"):
            name, words = line.split("=")
            sets[name.strip()] = words
    return {name: spread(words) for name, words in sets.items()}, cells


def read_cases(name, separator):
    """(source, target) -> the outcomes that have a case."""
    seen, sets = {}, {}
    for line in (CASES / name).read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in re.split(r"(?<!\\)\|", line)]
        if len(fields) < 5 or line.startswith("#"):
            match = re.match(r"(\w+) = (.*)", line)
            if match:
                sets[match.group(1)] = match.group(2)
            continue
        sources = parts(sets.get(fields[0], fields[0]), separator)
        for source in sources:
            for target in parts(fields[2]):
                seen.setdefault((base(source), base(target)), set()).add(fields[4])
    return seen


def judge(direction, sources, targets, cells, seen):
    for source in sources:
        for target in targets:
            there = seen.get((source, target), set()) - {"NULL"}
            if "DEFAULT" in (source, target):
                if "-" not in there:
                    yield f"{direction} {source} | {target}: no value"
                continue
            one = cells.get((direction, ALIASES.get(source, source), ALIASES.get(target, target)))
            wanted = set(one) if one is not None else {REFUSED}
            is_alias = source in ALIASES or target in ALIASES
            for state in sorted(wanted - there if not is_alias else ({"-", REFUSED} & wanted) - there):
                yield f"{direction} {source} | {target}: no case for {state}"
            for state in sorted(there - wanted - WARNINGS.get(direction, set())):
                yield f"{direction} {source} | {target}: {state} is neither on the page nor stated"


def findings():
    sets, cells = read_matrix()
    sql_types = list(dict.fromkeys(source for direction, source, _ in cells if direction == "to_c"))
    yield from judge("to_c", sql_types, sets["all_c"], cells, read_cases("sql_to_c.txt", ";"))
    yield from judge("to_sql", [*sets["all_c"]], sets["all_sql"], cells, read_cases("c_to_sql.txt", ","))


def counts():
    cells = read_matrix()[1]
    return len(cells), sum(len(outcomes) for outcomes in cells.values())


if __name__ == "__main__":
    for finding in findings():
        print(finding)
