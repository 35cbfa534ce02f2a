#!/usr/bin/env python3
"""Run the conformance tests of the Common Expression Language through the calculator.

The tests come from the npm package @bufbuild/cel-spec, which is fetched once into the build folder (or taken from
there) and never committed. Every test that involves no protobuf message must pass, except those of skips.json, which
says why each of them cannot. With --report the result is written as docs/cel-conformance.md.
"""
import argparse
import collections
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tarfile

PACKAGE = "@bufbuild/cel-spec"
VERSION = "0.6.1"
HERE = os.path.dirname(os.path.abspath(__file__))

CORE = ["basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic", "macros",
        "namespace", "parse", "plumbing", "string", "timestamps"]
EXTENSIONS = ["string_ext", "math_ext", "macros2", "bindings_ext"]
CHECKER = ["type_deductions"]
MOST_SKIPS = 20

# What is outside the profile: protobuf messages, their wrappers and enumerations. Times are not messages to us.
MESSAGES = re.compile(r"TestAllTypes|TestRequiredTypes|\bNestedEnum\b|\bGlobalEnum\b|\bStandaloneEnum\b|"
                      r"google\.protobuf\.(?!Timestamp\b|Duration\b)\w+|\bproto2?3?\.")
TIMES = {"type.googleapis.com/google.protobuf.Timestamp": "timestamp",
         "type.googleapis.com/google.protobuf.Duration": "duration"}


class Unsupported(Exception):
    """Something in the test that the profile does not have; the text says what."""


# ---- the data ---------------------------------------------------------------------------------------------------

def fetch(folder):
    """The tests as one dict; fetched by npm unless an earlier run did."""
    target = os.path.join(folder, f"cel-spec-{VERSION}")
    tests = os.path.join(target, "tests.json")
    if not os.path.exists(tests):
        for tool in ("npm", "node"):
            if not shutil.which(tool):
                sys.exit(f"conformance: {tool} is needed to fetch {PACKAGE}; ./dev deps installs it")
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(target)
        done = subprocess.run(["npm", "pack", "--silent", "--pack-destination", ".", f"{PACKAGE}@{VERSION}"],
                              cwd=target, capture_output=True, text=True)
        archives = [name for name in os.listdir(target) if name.endswith(".tgz")]
        if done.returncode or not archives:
            sys.exit(f"conformance: could not fetch {PACKAGE}@{VERSION} with npm:\n{done.stdout}{done.stderr}")
        with tarfile.open(os.path.join(target, archives[0])) as archive:
            archive.extractall(target, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(target)
        subprocess.run(["node", os.path.join(HERE, "extract.mjs"), os.path.join(target, "package"), tests + ".part"],
                       check=True)
        os.rename(tests + ".part", tests)
    with open(tests, encoding="utf-8") as file:
        return json.load(file)


# ---- what a test says, in the calculator's words ----------------------------------------------------------------

PRIMITIVES = {"BOOL": "bool", "INT64": "int", "UINT64": "uint", "DOUBLE": "double", "STRING": "string",
              "BYTES": "bytes"}


def type_name(t):
    """A type of cel.expr.Type as the calculator writes it."""
    if "primitive" in t:
        return PRIMITIVES[t["primitive"]]
    if "dyn" in t:
        return "dyn"
    if "null" in t:
        return "null"
    if "wellKnown" in t:
        known = {"TIMESTAMP": "timestamp", "DURATION": "duration"}
        if t["wellKnown"] not in known:
            raise Unsupported("google.protobuf.Any")
        return known[t["wellKnown"]]
    if "messageType" in t:
        known = {"google.protobuf.Timestamp": "timestamp", "google.protobuf.Duration": "duration"}
        if t["messageType"] not in known:
            raise Unsupported("a message type")
        return known[t["messageType"]]
    if "listType" in t:
        return f"list({type_name(t['listType'].get('elemType', {'dyn': {}}))})"
    if "mapType" in t:
        held = t["mapType"]
        return f"map({type_name(held.get('keyType', {'dyn': {}}))}, {type_name(held.get('valueType', {'dyn': {}}))})"
    if "type" in t:
        inner = t["type"]
        return f"type({type_name(inner)})" if inner else "type"
    if "typeParam" in t:
        raise Unsupported("a free type parameter")
    if "wrapper" in t:
        raise Unsupported("a wrapper type")
    if "abstractType" in t:
        raise Unsupported("an opaque type")
    raise Unsupported(f"the type {t}")


def typed(v):
    """A value of cel.expr.Value in the calculator's typed form."""
    (kind, held), = v.items()
    if kind == "nullValue":
        return {"type": "null", "value": None}
    if kind in ("int64Value", "uint64Value"):
        return {"type": kind[:-7], "value": str(held)}
    if kind in ("boolValue", "stringValue", "bytesValue", "doubleValue"):
        return {"type": kind[:-5], "value": held}
    if kind == "listValue":
        return {"type": "list", "value": [typed(item) for item in held.get("values", [])]}
    if kind == "mapValue":
        return {"type": "map", "value": [[typed(e["key"]), typed(e["value"])] for e in held.get("entries", [])]}
    if kind == "typeValue":
        return {"type": "type", "value": held}
    if kind == "objectValue" and held.get("@type") in TIMES:
        return {"type": TIMES[held["@type"]], "value": held["value"]}
    raise Unsupported("a message value")


def request_of(test):
    types, bound = {}, {}
    for declared in test.get("typeEnv", []):
        if "function" in declared:
            raise Unsupported("a function declared by the test")
        types[declared["name"]] = type_name(declared["ident"]["type"])
    for name, given in test.get("bindings", {}).items():
        bound[name] = typed(given["value"])
    request = {"expr": test["expr"]}
    if types:
        request["types"] = types
    if bound:
        request["typed"] = bound
    if test.get("container"):
        request["container"] = test["container"]
    if test.get("disableMacros"):
        request["disable_macros"] = True
    if test.get("disableCheck"):
        request["disable_check"] = True
    return request


def mentions_messages(test):
    text = json.dumps({key: test.get(key) for key in ("expr", "typeEnv", "bindings", "value", "typedResult")})
    text = re.sub(r"type\.googleapis\.com/google\.protobuf\.(Timestamp|Duration)\b", "", text)
    return bool(MESSAGES.search(text)) or '"@type": "type.googleapis' in text or '"wrapper"' in text \
        or "cel.expr.conformance" in test["expr"]


# ---- comparing --------------------------------------------------------------------------------------------------

TYPE_NAMES = {"null": "null_type", "timestamp": "google.protobuf.Timestamp", "duration": "google.protobuf.Duration"}


def plain_type(name):
    name = re.sub(r"\(.*", "", name)
    return TYPE_NAMES.get(name, name)


def number(held):
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(held, held) if isinstance(held, str) \
        else float(held)


def nanoseconds(kind, text):
    if kind == "duration":
        whole, _, rest = text.rstrip("s").partition(".")
        sign = -1 if whole.startswith("-") else 1
        return sign * (abs(int(whole)) * 10**9 + int(rest.ljust(9, "0") or 0))
    whole, _, rest = text.rstrip("Z").partition(".")
    return whole, int(rest.ljust(9, "0") or 0)


def same(expected, got):
    """Type and value: 1, 1u and 1.0 differ, NaN is NaN, maps have no order."""
    kind = expected["type"]
    if kind != got.get("type"):
        return False
    left, right = expected["value"], got["value"]
    if kind == "list":
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right))
    if kind == "map":
        return len(left) == len(right) and all(any(same(k, l) and same(v, w) for l, w in right) for k, v in left)
    if kind == "double":
        a, b = number(left), number(right)
        return (math.isnan(a) and math.isnan(b)) or a == b
    if kind == "type":
        return plain_type(left) == plain_type(right)
    if kind in ("timestamp", "duration"):
        return nanoseconds(kind, left) == nanoseconds(kind, right)
    return left == right


def judge(test, reply, checked):
    """What is wrong; None when nothing is."""
    if "evalError" in test:
        return None if "error" in reply else f"expected an error, got {json.dumps(reply, ensure_ascii=False)}"
    if checked is not None:
        wanted = type_name(test["typedResult"]["deducedType"])
        wanted = "null_type" if wanted == "null" else wanted
        if checked.get("checked") != wanted:
            return f"expected the type {wanted}, got {json.dumps(checked, ensure_ascii=False)}"
    if reply is None:
        return None
    value = test.get("value", test.get("typedResult", {}).get("result", {"boolValue": True}))
    expected = typed(value)
    if same(expected, reply):
        return None
    return f"expected {json.dumps(expected, ensure_ascii=False)}, got {json.dumps(reply, ensure_ascii=False)}"


# ---- running ----------------------------------------------------------------------------------------------------

def ask(command, requests):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    done = subprocess.run(command, input=lines.encode(), capture_output=True, timeout=600)
    replies = done.stdout.decode().splitlines()
    if done.returncode or len(replies) != len(requests):
        sys.exit(f"conformance: {command[0]} answered {len(replies)} of {len(requests)} requests and ended with "
                 f"{done.returncode}\n{done.stderr.decode()[-4000:]}")
    return [json.loads(line) for line in replies]


def run_file(tests, command):
    """[(test, outcome, why)] with outcome passed, failed, message or unsupported."""
    requests, plan, results = [], [], []
    for test in tests:
        if mentions_messages(test):
            results.append((test, "message", ""))
            continue
        try:
            request = request_of(test)
            value_at = check_at = None
            if "typedResult" in test:
                type_name(test["typedResult"]["deducedType"])
                check_at = len(requests)
                requests.append({**request, "check": True})
            if not test.get("checkOnly") and ("typedResult" not in test or "result" in test["typedResult"]):
                value_at = len(requests)
                requests.append(request)
            plan.append((len(results), value_at, check_at))
            results.append((test, None, ""))
        except Unsupported as unsupported:
            results.append((test, "unsupported", str(unsupported)))
    replies = ask(command, requests)
    for at, value_at, check_at in plan:
        test = results[at][0]
        wrong = judge(test, replies[value_at] if value_at is not None else None,
                      replies[check_at] if check_at is not None else None)
        results[at] = (test, "failed" if wrong else "passed", wrong or "")
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder to keep the fetched package in")
    parser.add_argument("--report", help="write the result there as Markdown")
    parser.add_argument("--only", help="run this file alone and show each failure")
    parser.add_argument("command", nargs="+", help="answers a request a line, such as: policy eval --jsonl")
    arguments = parser.parse_args()

    data = fetch(arguments.data)
    with open(os.path.join(HERE, "skips.json"), encoding="utf-8") as file:
        skips = json.load(file)
    used, failures, rows, reasons = set(), [], [], []
    totals = collections.Counter()
    wanted = CORE + EXTENSIONS + CHECKER
    for name in [arguments.only] if arguments.only else wanted:
        counts = collections.Counter()
        for test, outcome, why in run_file(data["files"][name], arguments.command):
            key = f"{name}/{test['section']}/{test['name']}"
            if outcome == "unsupported" or (outcome == "failed" and key in skips):
                if key in skips:
                    used.add(key)
                    reasons.append((key, test["expr"], skips[key]))
                    outcome = "skipped"
                else:
                    outcome, why = "failed", f"the test needs {why}, and skips.json says nothing of it"
            if outcome == "failed":
                failures.append(f"{key}: {test['expr']}\n    {why}")
            counts[outcome] += 1
        rows.append((name, counts))
        totals.update(counts)
    for failure in failures:
        print(failure)
    left = [name for name in sorted(data["files"]) if name not in wanted]
    if not arguments.only:
        for key in sorted(set(skips) - used):
            failures.append(key)
            print(f"{key}: skips.json names it, but it passes or does not exist")
        if len(used) > MOST_SKIPS:
            failures.append("skips")
            print(f"{len(used)} tests are skipped, {MOST_SKIPS} are allowed")
        if arguments.report and not failures:
            write_report(arguments.report, data, rows, totals, reasons, left)
    print(f"conformance: {totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped, "
          f"{totals['message']} with messages")
    sys.exit(1 if failures else 0)


# ---- the report -------------------------------------------------------------------------------------------------

def write_report(path, data, rows, totals, reasons, left):
    groups = {**{name: "core" for name in CORE}, **{name: "extension" for name in EXTENSIONS},
              **{name: "checker" for name in CHECKER}}
    lines = ["# Conformance with the Common Expression Language", "",
             "<!-- Made by tests/conformance/run.py from a run; do not edit. -->", "",
             f"The expression language of libpolicy is CEL without protobuf messages. This is the result of the tests of "
             f"cel-spec {data['specification']}, as the npm package `{PACKAGE}` {data['version']} carries them, run "
             "through `policy eval --jsonl`. A test passes when type and value agree, or, where an error is expected, "
             "when there is one. *Messages* are tests about protobuf messages, wrappers, enumerations or `Any`, which "
             "the profile does not have.", "",
             "| file | part | passed | skipped | messages |", "| --- | --- | ---: | ---: | ---: |"]
    for name, counts in rows:
        lines.append(f"| {name} | {groups[name]} | {counts['passed']} | {counts['skipped']} | {counts['message']} |")
    lines += [f"| **all** | | **{totals['passed']}** | **{totals['skipped']}** | **{totals['message']}** |", "",
              "## Skipped", ""]
    if reasons:
        lines += ["| test | expression | why |", "| --- | --- | --- |"]
        lines += [f"| {key} | `{expr.replace('|', chr(92) + '|')}` | {why} |" for key, expr, why in reasons]
    else:
        lines.append("None.")
    lines += ["", "## Not run", "",
              "Files that are about messages or about extensions outside the profile: " +
              ", ".join(f"{name} ({len(data['files'][name])})" for name in left) + ".", "",
              "To run it: `./dev test`, or `ctest -R conformance` in a build folder. The report is renewed by "
              "`python3 tests/conformance/run.py --data build/dev/conformance --report docs/cel-conformance.md "
              "build/dev/policy eval --jsonl`.", ""]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main()
