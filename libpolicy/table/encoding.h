/*
 * Decoding: bytes of a source to UTF-8, whichever encoding the file turns out to have.
 */
#ifndef POLICY_TABLE_ENCODING_H
#define POLICY_TABLE_ENCODING_H

#include "table/table.h"

typedef enum encoding {
    ENCODING_ASCII, /* so far: decided at the first other byte */
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_GB18030
} encoding;

#define DECODER_ROOM 65536

typedef struct decoder {
    const policy_allocator *allocator;
    table_source source;
    encoding encoding;
    bool started, ended, has_mark; /* has_mark: the byte order mark was there */
    char *raw;                     /* DECODER_ROOM bytes */
    size_t at, end;
    uint64_t bytes;        /* read from the source */
    void *converter;       /* iconv_t, for GB18030 */
    char bad[16];          /* what could not be decoded, in hexadecimal */
    bool cut_off;          /* the bad bytes are the end of the text: a character was begun and not ended */
    policy_status failure; /* of the source; told once what came before it is used up */
    const char *reason;    /* why it failed; static or NULL */
} decoder;

policy_status decoder_init(decoder *d, const policy_allocator *a, const table_source *source);
void decoder_free(decoder *d); /* does not close the source */
/* Up to `room` (at least 16) bytes of whole UTF-8 characters; 0 is the end. What stands before a bad byte is given out
 * first; the call after that returns POLICY_E_ENCODING. POLICY_E_NOMEM, or what the source returned. */
policy_status decoder_read(decoder *d, char *out, size_t room, size_t *got);
const char *encoding_name(encoding e);

#endif
