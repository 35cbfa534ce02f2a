/**
 * School records judged against written education policy: engines, ledgers, records, findings.
 *
 * <pre>{@code
 * try (PolicyEngine engine = PolicyEngine.load("huancui-2021");
 *         PolicyLedger ledger = engine.ledger()) {
 *     List<Finding> findings = ledger.check("homework", Map.of("school", "长征小学", "grade", "三年级", "class", "2班",
 *             "assigned", LocalDate.of(2021, 12, 1), "form", "书面", "minutes", 75));
 * }
 * }</pre>
 *
 * <p>An engine may be used by any number of threads; a ledger, a record and what is read from them by one thread at a time.
 * Two threads in one ledger, and a call on what was closed, are an {@link java.lang.IllegalStateException}, never a crash.
 */
@NullMarked
package org.libpolicy;

import org.jspecify.annotations.NullMarked;
