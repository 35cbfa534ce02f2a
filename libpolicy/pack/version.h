/*
 * Versions of packs: numbers with dots, and the ranges that overlays name.
 */
#ifndef POLICY_PACK_VERSION_H
#define POLICY_PACK_VERSION_H

#include "base/text.h"

bool version_valid(str version);           /* "1", "1.2", "2021.11.19": at most 4 numbers */
int version_compare(str a, str b);         /* 1.2 and 1.2.0 are equal */
bool version_range_valid(str range);       /* "1.2", or terms >=1, >1, <=2, <2 with spaces between */
bool version_fits(str version, str range); /* both valid */

#endif
