package org.libpolicy;

import java.util.List;

/**
 * What a record would cause and what is left of the limits it touches, asked at once.
 *
 * @param findings as {@link PolicyLedger#check(PolicyRecord)} gives them
 * @param headroom as {@link PolicyLedger#headroom(PolicyRecord)} gives it
 */
public record Check(List<Finding> findings, List<Headroom> headroom) {
    /**
     * Whether the record causes nothing that fails.
     *
     * @return true if no finding is {@link Verdict#FAIL} or {@link Verdict#ERROR}
     */
    public boolean passes() {
        return findings.stream().noneMatch(f -> f.verdict() == Verdict.FAIL || f.verdict() == Verdict.ERROR);
    }
}
