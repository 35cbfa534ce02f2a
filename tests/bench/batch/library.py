"""The library through its C interface: as much of it as the benchmark calls, by ctypes.

Every call that can fail raises LibraryError with the library's own message. Arrow data crosses as the two C structs that
pyarrow exports, so the columns are the ones the other engines see.
"""

import ctypes as c
import math
from pathlib import Path


class LibraryError(Exception):
    pass


class ArrowStruct(c.Structure):
    """Large enough for ArrowSchema (72 bytes), ArrowArray (80) and ArrowArrayStream (40)."""

    _fields_ = [("bytes", c.c_uint64 * 10)]


PROGRESS = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_uint64, c.c_uint64)


class FeedOptions(c.Structure):
    _fields_ = [
        ("struct_size", c.c_uint32),
        ("threads", c.c_uint32),
        ("source", c.c_char_p),
        ("first_row", c.c_uint64),
        ("trusted", c.c_int32),
        ("reserved", c.c_int32),
        ("progress", PROGRESS),
        ("context", c.c_void_p),
    ]


class Datum(c.Structure):
    """policy_datum: see include/policy/finding.h."""

    _fields_ = [("kind", c.c_int32), ("reserved", c.c_int32), ("integer", c.c_int64), ("number", c.c_double),
                ("text", c.c_char_p)]

    def plain(self):
        return {1: lambda: bool(self.integer), 2: lambda: self.integer, 3: lambda: int(round(self.number))}.get(
            self.kind, lambda: (self.text or b"").decode())()


VERDICTS = {"pass": 0, "fail": 1, "unknown": 2, "not_applicable": 3, "not_in_force": 4, "error": 5}


class Library:
    def __init__(self, path):
        self.path = Path(path)
        self.so = c.CDLL(str(path))
        for name, result in {
            "policy_error_message": c.c_char_p,
            "policy_findings_count": c.c_size_t,
            "policy_findings_at": c.c_void_p,
            "policy_findings_verdicts": c.c_uint64,
            "policy_finding_rule": c.c_char_p,
            "policy_finding_verdict": c.c_int32,
            "policy_finding_row": c.c_uint64,
            "policy_finding_row_count": c.c_size_t,
            "policy_finding_key_count": c.c_size_t,
            "policy_finding_key": Datum,
            "policy_finding_value": Datum,
            "policy_engine_rule_count": c.c_size_t,
            "policy_engine_rule_id": c.c_char_p,
        }.items():
            getattr(self.so, name).restype = result

    def call(self, name, *arguments):
        error = c.c_void_p()
        status = getattr(self.so, name)(*arguments, c.byref(error))
        if status != 0:
            text = self.so.policy_error_message(error, 1) if error else b""
            self.so.policy_error_free(error)
            raise LibraryError(f"{name}: status {status}: {(text or b'').decode()}")

    def engine(self, load, memory=(), directories=()):
        """`load`: a pack's name or path. `memory`: (path, text) pairs offered as files."""
        builder, engine = c.c_void_p(), c.c_void_p()
        self.call("policy_builder_new", None, c.byref(builder))
        try:
            for path, text in memory:
                data = text.encode()
                self.call("policy_builder_add_memory", builder, path.encode(), data, c.c_size_t(len(data)))
            for directory in directories:
                self.call("policy_builder_add_directory", builder, str(directory).encode())
            self.call("policy_builder_load", builder, str(load).encode())
            self.call("policy_builder_build", builder, c.byref(engine))
        finally:
            self.so.policy_builder_free(builder)
        return Engine(self, engine)


class Engine:
    def __init__(self, library, handle):
        self.library, self.handle = library, handle
        so = library.so
        self.rules = [so.policy_engine_rule_id(handle, c.c_size_t(i)).decode()
                      for i in range(so.policy_engine_rule_count(handle))]

    def audit(self, tables, threads=1, reported=None, evidence=0, as_of=None, trusted=True):
        """Judge {type: pyarrow table}; returns Findings. `reported`: bits of verdicts; None for the usual three."""
        lib = self.library
        ledger, findings = c.c_void_p(), c.c_void_p()
        lib.call("policy_ledger_new", self.handle, c.byref(ledger))
        try:
            if as_of is not None:
                lib.call("policy_ledger_set_as_of", ledger, c.c_int32(as_of))
            if reported is not None:
                lib.call("policy_ledger_set_reported", ledger, c.c_uint32(reported))
            if evidence:
                lib.call("policy_ledger_set_evidence", ledger, c.c_int32(1), c.c_uint32(evidence))
            for name, table in tables.items():
                options = FeedOptions(struct_size=c.sizeof(FeedOptions), threads=threads, trusted=int(trusted))
                stream = ArrowStruct()
                table.to_reader()._export_to_c(c.addressof(stream))
                lib.call("policy_ledger_feed_stream", ledger, name.encode(), c.byref(stream), c.byref(options))
            lib.call("policy_ledger_findings", ledger, c.byref(findings))
        finally:
            lib.so.policy_ledger_free(ledger)
        return Findings(self, findings)

    def audit_file(self, name, path, threads=1):
        """Judge a CSV file of one type; returns Findings, fails only."""
        lib = self.library
        ledger, findings, table = c.c_void_p(), c.c_void_p(), c.c_void_p()
        lib.call("policy_ledger_new", self.handle, c.byref(ledger))
        try:
            lib.call("policy_ledger_set_reported", ledger, c.c_uint32(1 << VERDICTS["fail"]))
            lib.call("policy_table_open", self.handle, name.encode(), str(path).encode(), c.byref(table))
            lib.call("policy_ledger_feed_table_parallel", ledger, table, c.c_uint32(threads), None, None)
            lib.call("policy_ledger_findings", ledger, c.byref(findings))
        finally:
            lib.so.policy_table_free(table)
            lib.so.policy_ledger_free(ledger)
        return Findings(self, findings)

    def close(self):
        self.library.so.policy_engine_unref(self.handle)
        self.handle = None


class Findings:
    def __init__(self, engine, handle):
        self.engine, self.handle = engine, handle

    def verdicts(self, rule, verdict):
        number = self.engine.rules.index(rule)
        return self.engine.library.so.policy_findings_verdicts(self.handle, c.c_size_t(number),
                                                               c.c_int32(VERDICTS[verdict]))

    def failed(self):
        """{rule: number of fails}, of every rule."""
        return {rule: self.verdicts(rule, "fail") for rule in self.engine.rules}

    def each(self):
        so = self.engine.library.so
        for i in range(self.count()):
            yield so, c.c_void_p(so.policy_findings_at(self.handle, c.c_size_t(i)))

    def rows(self):
        """Row numbers of findings about rows."""
        return {so.policy_finding_row(finding, c.c_size_t(0)) for so, finding in self.each()}

    def keyed(self, rule=None):
        """(keys..., value) of findings about groups; of one rule, or of all."""
        found = set()
        for so, finding in self.each():
            if rule is not None and so.policy_finding_rule(finding).decode() != rule:
                continue
            keys = [so.policy_finding_key(finding, c.c_size_t(k)).plain()
                    for k in range(so.policy_finding_key_count(finding))]
            found.add((*keys, so.policy_finding_value(finding).plain()))
        return found

    def texts(self, prefix="homework."):
        """rule|row of findings about rows, rule|keys|thousandths of the value of those about groups."""
        found = set()
        for so, finding in self.each():
            rule = so.policy_finding_rule(finding).decode()
            if not rule.startswith(prefix) or so.policy_finding_verdict(finding) != VERDICTS["fail"]:
                continue
            value = so.policy_finding_value(finding)
            if value.kind == 0:
                found.add(f"{rule}|{so.policy_finding_row(finding, c.c_size_t(0))}")
                continue
            keys = [str(so.policy_finding_key(finding, c.c_size_t(k)).plain())
                    for k in range(so.policy_finding_key_count(finding))]
            number = value.number if value.kind == 3 else value.integer
            found.add("|".join([rule, *keys, str(math.floor(number * 1000 + 0.5))]))
        return found

    def count(self):
        return self.engine.library.so.policy_findings_count(self.handle)

    def close(self):
        self.engine.library.so.policy_findings_free(self.handle)
        self.handle = None
