/*
 * SHA-256 with framing. See digest.h.
 */
#include "base/digest.h"

void digest_begin(digest *d)
{
    SHA256Init(&d->context);
}

void digest_put(digest *d, const void *data, size_t size)
{
    if (size > 0) {
        SHA256Update(&d->context, data, size);
    }
}

void digest_put_number(digest *d, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(number >> 8 * i);
    }
    digest_put(d, bytes, sizeof bytes);
}

void digest_put_text(digest *d, str text)
{
    digest_put_number(d, text.data == NULL ? UINT64_MAX : text.size);
    digest_put(d, text.data, text.data == NULL ? 0 : text.size);
}

void digest_end(digest *d, uint8_t out[DIGEST_SIZE])
{
    SHA256Final(out, &d->context);
}
