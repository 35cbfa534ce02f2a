package org.libpolicy;

/** A limit that a host may move and a pack may not. */
public enum Limit {
    /** Bytes of one pack or script file; default 8 MiB. */
    PACK_BYTES(1),
    /** Bytes of one expression; default 100,000. */
    EXPRESSION_BYTES(2),
    /** Nesting of one expression; default 100. */
    EXPRESSION_DEPTH(3),
    /** Steps of one evaluation; default 1,000,000. */
    EVALUATION_STEPS(4),
    /** Memory of one evaluation; default 16 MiB. */
    EVALUATION_BYTES(5),
    /** Compiled size of one pattern; default 10,000. */
    REGEX_INSTRUCTIONS(6),
    /** One cell of a table; default 1 MiB. */
    CELL_BYTES(7),
    /** Columns of a table; default 10,000. */
    COLUMNS(8),
    /** Memory of one Lua sandbox; default 1 MiB, at most 4 MiB. */
    SCRIPT_BYTES(9),
    /** Instructions of one call into Lua; default 5,000,000. */
    SCRIPT_STEPS(10),
    /** Wall clock of one call into Lua, a backstop; default 250. */
    SCRIPT_MILLISECONDS(11);

    private final int code;

    Limit(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
