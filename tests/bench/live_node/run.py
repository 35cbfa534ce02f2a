"""JSON text in: libpolicy beside JavaScript rule engines, on the records and rules of bench_live (P4, P5, P6).

    run.py BUILD FOLDER [--json FILE]

BUILD is an optimised build; FOLDER, made when it is not there, takes the engines from npm. libpolicy is measured before and
after the others, in the same run.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENGINES = ["json-logic-engine@5.0.7", "json-rules-engine@7.3.1", "@gorules/zen-engine@0.54.0", "casbin@5.51.1", "@cedar-policy/cedar-wasm@4.13.0"]


def ours(program, folder):
    figures = Path(folder, "live.json")
    subprocess.run([program, "--json", figures], check=True, stdout=subprocess.DEVNULL)
    return {one["id"]: one["value"] for one in json.loads(figures.read_text())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    Path(arguments.folder, "package.json").write_text('{"private": true}\n')
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", *ENGINES], check=True, cwd=arguments.folder)
    program = arguments.build.resolve() / "tests" / "bench_live"
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder, "cases.json")
        subprocess.run([program, "--emit", cases], check=True)
        before = ours(program, folder)
        said = subprocess.run(["node", HERE / "peers.mjs", cases, arguments.folder], check=True, capture_output=True, text=True).stdout
        after = ours(program, folder)
    peers = json.loads(said)
    text = (before["P4a"] + after["P4a"]) / 2
    strings = (before["P3a"] + after["P3a"]) / 2
    print(f"libpolicy: {text:.0f} ns from JSON text, {strings:.0f} ns from strings")
    rows = []

    def tell(name, what, value, firm, moonshot):
        met = value >= firm
        rows.append({"id": name, "what": what, "value": round(value, 2), "unit": "x", "firm": firm, "moonshot": moonshot, "met": met})
        print(f"{name:24} {what:62} {value:9.2f} x   goal >= {firm}{'' if met else '   missed'}")

    tell("P4", f"JSON.parse and plain JavaScript ({peers['plain']:.0f} ns)", peers["plain"] / text, 3, 5)
    tell("P5", f"json-logic-engine, compiled ({peers['json-logic-engine']:.0f} ns), strings in", peers["json-logic-engine"] / strings, 4, 6)
    for name in ["zen-engine", "cedar-wasm", "casbin", "json-rules-engine"]:
        tell(f"P6-{name}", f"{name} ({peers[name]:.0f} ns)", peers[name] / text, 100, 130)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
