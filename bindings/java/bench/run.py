"""Checks from Java beside the same checks from C, and what they leave to the garbage collector.

    run.py BUILD [--json FILE]

BUILD is an optimised build with POLICY_JAVA=ON; its jar must be installed in the local Maven repository.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent.parent


def in_c(build):
    program = build / "check_in_c"
    subprocess.run(["cc", "-O2", "-std=c11", "-D_POSIX_C_SOURCE=200809L", f"-I{SOURCE}/include", HERE / "check_in_c.c", "-o", program,
                    f"-L{build}", "-lpolicy", f"-Wl,-rpath,{build}"], check=True)
    said = subprocess.run([program, SOURCE / "rules", HERE / "pack.yaml"], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in said.splitlines()}


def in_java(build, threads, *options):
    """JMH's results: nanoseconds in the quietest iteration, as in C, and bytes of garbage an operation, by benchmark."""
    classpath = (build / "bindings/java/bench/classpath").read_text()
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "jmh.json"
        subprocess.run(["java", "-cp", f"{build}/bindings/java/bench/classes:{classpath}", "org.openjdk.jmh.Main", "-t", str(threads),
                        "-prof", "gc", "-rf", "json", "-rff", results, "-jvmArgs", f"-Dbench.pack={HERE}/pack.yaml", *options],
                       check=True, stdout=subprocess.DEVNULL)
        found = {}
        for result in json.loads(results.read_text()):
            garbage = result["secondaryMetrics"].get("gc.alloc.rate.norm") or result["secondaryMetrics"]["·gc.alloc.rate.norm"]
            found[result["benchmark"].rsplit(".", 1)[1]] = (min(min(fork) for fork in result["primaryMetric"]["rawData"]), garbage["score"])
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    subprocess.run(["mvn", "--batch-mode", "--quiet", "--file", HERE / "pom.xml", f"-Dlibpolicy.build={build}/bindings/java", "compile",
                    "dependency:build-classpath", f"-Dmdep.outputFile={build}/bindings/java/bench/classpath"], check=True)
    before, single = in_c(build), in_java(build, 1)
    after, cores = in_c(build), os.cpu_count() or 1
    several = in_java(build, cores)
    rows = []

    def tell(name, what, value, unit, firm, met):
        rows.append({"id": name, "what": what, "value": round(value, 2), "unit": unit, "firm": firm, "moonshot": firm, "met": met})
        print(f"{name:4} {what:66} {value:10.2f} {unit:5} goal <= {firm}{'' if met else '   missed'}")

    for number, (name, what) in enumerate([("fillAndCheck", "fill a record and check"), ("changeAndCheck", "change a field and check")]):
        c = min(before[name], after[name])
        over = single[name][0] - c
        tell(f"J{number + 1}", f"{what}: Java {single[name][0]:.0f} ns, more than C by", over, "ns", 150, over <= 150)
    garbage = single["changeAndCheck"][1]
    tell("J3", "garbage of a check that finds nothing", garbage, "bytes", 0.5, garbage <= 0.5)
    slower = several["changeAndCheck"][0] / single["changeAndCheck"][0]
    tell("J4", f"{cores} threads on one engine, each check by that of one thread", slower, "x", 1.1, slower <= 1.1)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
