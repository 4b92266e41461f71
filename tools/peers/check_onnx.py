"""Checks ONNX files with the reference tools of other people.

    python3 check_onnx.py FOLDER

For every NAME.onnx in FOLDER: `onnx.checker` with full shape inference, then a run in Python's onnxruntime, compared
with NAME.json:

    {"inputs":  {name: {"dtype": "float32" | "int32" | "bool", "shape": [...], "data": [...]}},
     "outputs": {name: {... the same ..., "tolerance": largest difference relative to 1 + |expected|}}}

Prints one line a file and exits with 1 if any fails. Numbers that JSON lacks are the strings "NaN", "Infinity" and
"-Infinity".
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime


def array(spec):
    values = [float(v) if isinstance(v, str) else v for v in spec["data"]]
    return np.array(values, dtype=np.dtype(spec["dtype"])).reshape(spec["shape"])


def difference(actual, expected):
    """Largest difference relative to 1 + |expected|; two NaN are equal."""
    actual, expected = actual.astype(np.float64), expected.astype(np.float64)
    same = (np.isnan(actual) & np.isnan(expected)) | (actual == expected)
    with np.errstate(invalid="ignore"):
        error = np.abs(actual - expected) / (1 + np.abs(expected))
    return float(np.where(same, 0, error).max(initial=0))


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    spec = json.loads(path.with_suffix(".json").read_text())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    declared = {output.name for output in session.get_outputs()}
    if declared != set(spec["outputs"]):
        raise ValueError(f"outputs {sorted(declared)} instead of {sorted(spec['outputs'])}")
    names = sorted(declared)
    feeds = {name: array(value) for name, value in spec["inputs"].items()}
    for name, actual in zip(names, session.run(names, feeds)):
        output = spec["outputs"][name]
        expected = array(output)
        if actual.dtype != expected.dtype or actual.shape != expected.shape:
            raise ValueError(f"{name} is {actual.dtype}{actual.shape}, not {expected.dtype}{expected.shape}")
        error = difference(actual, expected)
        if not error <= output["tolerance"]:
            raise ValueError(f"{name} differs by {error:g}, more than {output['tolerance']:g}")


def main():
    failed = 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
        try:
            check(path)
            print(f"ok {path.stem}")
        except Exception as error:  # whatever is wrong with one file, the others are still worth checking
            failed += 1
            print(f"FAILED {path.stem}: {str(error).strip().splitlines()[0]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
