"""Checks files of weather with the tools of other people.

    python3 check_forecasts.py FOLDER

For every NAME.json in FOLDER: the data set NAME, a NetCDF file or a Zarr folder, is opened with xarray, and compared with

    {"sizes": {dimension: extent}, "coordinates": {name: [numbers, or texts of times and of seconds]},
     "variables": {name: {"dimensions": [...], "data": [...], "attributes": {name: value}}}, "attributes": {...}}

Times must come decoded: as texts such as "2020-01-01T12:00:00", and durations as seconds such as "43200 s". Where ncdump is
installed, it must print the header of the files. Prints one line a data set and exits with 1 if any fails.
"""

import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import xarray


def plain(values):
    """Values as JSON has them."""
    values = np.asarray(values)
    if np.issubdtype(values.dtype, np.datetime64):
        return [str(one) for one in values.astype("datetime64[s]").ravel()]
    if np.issubdtype(values.dtype, np.timedelta64):
        return [f"{one} s" for one in values.astype("timedelta64[s]").astype(int).ravel()]
    return values.ravel().tolist()


def require(what, actual, expected):
    if actual != expected:
        raise ValueError(f"{what} is {actual!r:.200}, not {expected!r:.200}")


def open_dataset(path):
    # Since 2025 xarray decodes durations only when asked.
    return (xarray.open_zarr if path.is_dir() else xarray.open_dataset)(path, decode_timedelta=True)


def check(path, spec):
    with open_dataset(path) as dataset:
        require("sizes", dict(dataset.sizes), spec["sizes"])
        for name, expected in spec["coordinates"].items():
            require(name, plain(dataset.coords[name]), expected)
        for name, expected in spec["variables"].items():
            variable = dataset[name]
            require(f"dimensions of {name}", list(variable.dims), expected["dimensions"])
            require(f"type of {name}", str(variable.dtype), "float32")
            if not np.array_equal(variable.values.ravel(), np.float32(expected["data"]), equal_nan=True):
                raise ValueError(f"{name} has other values")
            for attribute, value in expected["attributes"].items():
                require(f"{attribute} of {name}", variable.attrs.get(attribute), value)
        for name, value in spec["attributes"].items():
            require(name, plain(dataset.attrs[name]), [value])
    if path.is_file() and shutil.which("ncdump"):
        header = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True, check=True).stdout
        for name, extent in spec["sizes"].items():
            if f"\t{name} = {extent} ;" not in header:
                raise ValueError(f"ncdump does not show {name} = {extent}")


def main():
    failed = 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
        try:
            check(path.with_suffix(""), json.loads(path.read_text()))
            print(f"ok {path.stem}")
        except Exception as error:  # whatever is wrong with one data set, the others are still worth checking
            failed += 1
            print(f"FAILED {path.stem}: {str(error).strip().splitlines()[0]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
