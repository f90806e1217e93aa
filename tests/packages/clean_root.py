#!/usr/bin/env python3
"""Makes a small Debian root out of this machine's own packages: the essential ones, those named, and what they depend on; nothing else.
A package that installs and works there has all it needs in its Depends. No network, no privileges but those of the caller's namespace.

usage: clean_root.py ROOT PACKAGE...
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

INFO = pathlib.Path("/var/lib/dpkg/info")
CONTROL = ("list", "md5sums", "conffiles", "preinst", "postinst", "prerm", "postrm", "triggers", "shlibs", "symbols", "config", "templates")
SKIPPED = re.compile(r"/usr/share/(doc|locale|man|info|lintian|bug)(/|$)|/usr/lib/[^/]+/perl/|/\.$")


def stanzas():
    """The installed packages, by name: the text of the entry and its fields."""
    found = {}
    for text in pathlib.Path("/var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n"):
        fields = dict(match.groups() for match in re.finditer(r"^([\w-]+): (.*)$", text, re.M))
        if fields.get("Status") == "install ok installed":
            found[fields["Package"]] = (text, fields)
    return found


def closure(packages, names):
    """Names and all they depend on. Of alternatives, the first that is installed."""
    provided = collections.defaultdict(list)
    for name, (_, fields) in packages.items():
        for one in re.findall(r"[\w.+-]+(?= *\(|,|$)", fields.get("Provides", "")):
            provided[one].append(name)
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name in wanted:
            continue
        if name not in packages:
            sys.exit(f"clean_root: {name} is not installed here")
        wanted.add(name)
        fields = packages[name][1]
        for group in filter(None, ", ".join(filter(None, (fields.get("Pre-Depends"), fields.get("Depends")))).split(",")):
            choices = [re.match(r"\s*([\w.+-]+)", choice).group(1) for choice in group.split("|")]
            chosen = [choice for choice in choices if choice in packages] or [name for choice in choices for name in provided[choice]]
            if not chosen:
                sys.exit(f"clean_root: nothing satisfies '{group.strip()}' of {name}")
            queue.append(chosen[0])
    return wanted


def info_files(name, fields):
    for stem in (name, f"{name}:{fields['Architecture']}"):
        yield from (INFO / f"{stem}.{kind}" for kind in CONTROL if (INFO / f"{stem}.{kind}").exists())


def copy(root, paths):
    """Through tar: links, modes and owners as they are, folders without their contents. What the caller may not read (root's own home) is left out."""
    paths = [path for path in paths if os.path.islink(path) or os.access(path, os.R_OK)]
    reader = subprocess.Popen(["tar", "-C", "/", "--no-recursion", "--null", "-T", "-", "-cf", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    writer = subprocess.Popen(["tar", "-C", root, "--keep-directory-symlink", "-xf", "-"], stdin=reader.stdout)
    reader.stdout.close()
    reader.stdin.write(b"\0".join(path.lstrip("/").encode() for path in paths))
    reader.stdin.close()
    if reader.wait() or writer.wait():
        sys.exit("clean_root: copying failed")


def alternatives(root):
    """The links that update-alternatives keeps belong to no package."""
    links = []
    for record in pathlib.Path("/var/lib/dpkg/alternatives").glob("*"):
        lines = record.read_text(encoding="utf-8").split("\n")
        chosen = pathlib.Path("/etc/alternatives") / record.name
        if chosen.is_symlink() and (pathlib.Path(root) / str(chosen.readlink()).lstrip("/")).exists():
            links += [str(chosen), lines[1]]
    return links


def main():
    root, names = sys.argv[1], sys.argv[2:]
    packages = stanzas()
    essential = [name for name, (_, fields) in packages.items() if fields.get("Essential") == "yes"]
    wanted = sorted(closure(packages, essential + ["dpkg"] + names))
    base = pathlib.Path(root)
    for folder in ("dev", "proc", "sys", "tmp", "root", "etc", "usr", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    for link in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if pathlib.Path("/", link).is_symlink():
            (base / "usr" / link).mkdir(exist_ok=True)
            (base / link).symlink_to(f"usr/{link}")
    paths = {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf", str(INFO / "format")}
    for name in wanted:
        for file in info_files(name, packages[name][1]):
            if file.suffix == ".list":
                paths.update(path for path in file.read_text(encoding="utf-8").split("\n") if path and not SKIPPED.search(path))
            paths.add(str(file))
    # Registrations and data sources of this machine are none of the root's.
    paths -= {"/etc/odbc.ini", "/etc/odbcinst.ini"}
    copy(root, sorted(paths))
    copy(root, alternatives(root))
    (base / "var/lib/dpkg/status").write_text("\n\n".join(packages[name][0].strip() for name in wanted) + "\n", encoding="utf-8")
    (base / "var/lib/dpkg/available").touch()
    subprocess.run(["ldconfig", "-r", root], check=False, stderr=subprocess.DEVNULL)
    print(len(wanted), "packages")


main()
