#!/usr/bin/env python3
"""What is public is written three times: POLICY_API in include/policy, libpolicy/policy.map, and the symbols of the
built library. This says where they differ, and compiles each public header alone, as C11 and as C++17."""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys


def declared(headers):
    """Names of the functions declared POLICY_API, with the header of each."""
    names = {}
    for header in headers:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", header.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"^\s*#(?:.*\\\n)*.*$", " ", text, flags=re.M)
        for found in re.finditer(r"POLICY_API\b([^;{]*?)\b(\w+)\s*\([^;]*?;", text):
            names[found.group(2)] = header.name
    return names


def listed(version_script):
    """Names under `global:` of every node of the version script."""
    text = re.sub(r"/\*.*?\*/|#[^\n]*", " ", version_script.read_text(encoding="utf-8"), flags=re.S)
    names = []
    for part in re.findall(r"global:(.*?)(?:local:|\})", text, flags=re.S):
        names += [name.strip() for name in part.split(";") if name.strip()]
    return names


def exported(library):
    """Defined dynamic symbols, without the names of the version nodes."""
    output = subprocess.run(["nm", "-D", "--defined-only", str(library)], check=True, capture_output=True, text=True)
    names = set()
    for line in output.stdout.splitlines():
        kind, name = line.split()[-2:]
        name = name.split("@")[0]
        # A sanitizer, a profiler or the linker adds symbols of its own; ours all start with policy_.
        if kind != "A" and not re.match(r"(__|_init$|_fini$|_edata$|_end$|llvm_|mangle_path$)", name):
            names.add(name)
    return names


def compiles(header, include, compiler, flags, language, suffix):
    source = f"#include <policy/{header.name}>\n"
    command = [compiler, *flags, "-x", language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
               f"-I{include}", "-"]
    run = subprocess.run(command, input=source, capture_output=True, text=True)
    return f"{header.name} alone as {suffix}:\n{run.stderr}" if run.returncode else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--library", type=pathlib.Path, help="the built libpolicy.so")
    parser.add_argument("--cc", default="cc")
    options = parser.parse_args()

    include = options.source / "include"
    headers = sorted((include / "policy").glob("*.h"))
    problems = []

    in_headers = declared(headers)
    in_map = listed(options.source / "libpolicy" / "policy.map")
    problems += [f"{name}: twice in policy.map" for name in sorted(set(in_map)) if in_map.count(name) > 1]
    problems += [f"{name}: declared in {in_headers[name]}, missing in policy.map"
                 for name in sorted(set(in_headers) - set(in_map))]
    problems += [f"{name}: in policy.map, declared nowhere" for name in sorted(set(in_map) - set(in_headers))]
    problems += [f"{name}: exported names start with policy_" for name in sorted(in_headers)
                 if not name.startswith("policy_")]
    if options.library:
        in_library = exported(options.library)
        problems += [f"{name}: declared in {in_headers[name]}, missing in the library"
                     for name in sorted(set(in_headers) - in_library)]
        problems += [f"{name}: exported by the library, declared nowhere" for name in sorted(in_library - set(in_headers))]

    umbrella = (include / "policy" / "policy.h").read_text(encoding="utf-8")
    problems += [f"{header.name}: not included by policy.h" for header in headers
                 if header.name != "policy.h" and f'"policy/{header.name}"' not in umbrella]

    cxx = next((name for name in ("c++", "g++", "clang++") if shutil.which(name)), None)
    if not cxx:
        problems.append("no C++ compiler: headers were not tried as C++17")
    for header in headers:
        problems.append(compiles(header, include, options.cc, ["-std=c11"], "c", "C11"))
        if cxx:
            problems.append(compiles(header, include, cxx, ["-std=c++17"], "c++", "C++17"))

    problems = [problem for problem in problems if problem]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(in_headers)} public functions in {len(headers)} headers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
