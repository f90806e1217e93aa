"""Data files inside installed packages, found without importing the packages."""
from __future__ import annotations

import importlib.util
import pathlib
import shutil
import zipfile


class MissingPackage(Exception):
    """A package whose data a table is made of is not installed."""


def folder(package):
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage(f"the Python package {package} is not installed in the sandbox's "
                             "environment, and a table of the world file is made of its data")
    return pathlib.Path(list(spec.submodule_search_locations)[0])


def data_file(package, relative, scratch):
    """Path of a data file; a member of a zip archive (`x.csv.zip`) is unpacked into `scratch`."""
    path = folder(package) / relative
    if path.exists():
        return path
    archive = path.with_name(path.name + ".zip")
    if not archive.exists():
        raise MissingPackage(f"the package {package} has no file {relative}")
    out = scratch / path.name
    with zipfile.ZipFile(archive) as source, source.open(path.name) as member, open(out, "wb") as to:
        shutil.copyfileobj(member, to)
    return out
