/**
 * @file policy.h
 * All of libpolicy: `#include <policy/policy.h>`. One header for each noun; any of them may also be included alone.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "policy/arrow.h"
#include "policy/bands.h"
#include "policy/builder.h"
#include "policy/common.h"
#include "policy/engine.h"
#include "policy/error.h"
#include "policy/expression.h"
#include "policy/finding.h"
#include "policy/headroom.h"
#include "policy/ledger.h"
#include "policy/notice.h"
#include "policy/options.h"
#include "policy/record.h"
#include "policy/store.h"
#include "policy/suite.h"
#include "policy/table.h"
#include "policy/version.h"

#endif
