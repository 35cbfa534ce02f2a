/*
 * SHA-256, by libmd: what tells whether saved bytes are the ones that were saved, and whether two rules are the same.
 */
#ifndef POLICY_BASE_DIGEST_H
#define POLICY_BASE_DIGEST_H

#include <sha2.h>

#include "base/text.h"

#define DIGEST_SIZE 32

typedef struct digest {
    SHA2_CTX context;
} digest;

void digest_begin(digest *d);
void digest_put(digest *d, const void *data, size_t size);
/* Texts and numbers with their length before them, so that "ab","c" is not "a","bc". */
void digest_put_text(digest *d, str text); /* str_none is not "" */
void digest_put_number(digest *d, uint64_t number);
void digest_end(digest *d, uint8_t out[DIGEST_SIZE]);

#endif
