/*
 * A worker of a ledger: a ledger of its own for the time of one call, on one thread.
 *
 * It reads what the ledger holds as it was when the call began and writes to nothing but its own delta, frames, caches
 * and sandboxes. Its delta is merged into the ledger's at the end. The ledger must not change meanwhile, but for its own
 * delta and what hangs on the thread that owns it.
 */
#ifndef POLICY_LEDGER_WORKER_H
#define POLICY_LEDGER_WORKER_H

#include "ledger/state.h"

policy_ledger *worker_new(const policy_ledger *l); /* NULL out of memory */
void worker_free(policy_ledger *worker);
/* What the ledger's delta has come to know that all workers should: defaults that were noted. False out of memory. */
bool worker_learn(policy_ledger *worker, const policy_ledger *l);

#endif
