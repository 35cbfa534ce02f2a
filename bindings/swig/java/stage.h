/*
 * Values of a record, staged in a byte[] by PolicyRecord and applied in one crossing.
 *
 * One entry a value, in the byte order of the machine: int32 field, int32 kind (policy_value_kind), int64 payload. The
 * payload is the integer, the bits of the double, or the size of a text whose bytes follow, padded to 8. The kind
 * STAGE_CLEAR empties the record first. Java's class writes all of it; still nothing is read past the end.
 */
#ifndef POLICY_JAVA_STAGE_H
#define POLICY_JAVA_STAGE_H

enum { STAGE_CLEAR = -1, STAGE_HEAD = 16, STAGE_AT_ONCE = 64 };

static policy_status stage_apply_bytes(policy_record *record, const char *bytes, size_t size, policy_error **err)
{
    int32_t fields[STAGE_AT_ONCE];
    policy_value values[STAGE_AT_ONCE];
    size_t n = 0;
    policy_status status = POLICY_OK;
    while (!status && size >= STAGE_HEAD) {
        int32_t head[2];
        int64_t payload;
        memcpy(head, bytes, sizeof head);
        memcpy(&payload, bytes + sizeof head, sizeof payload);
        bytes += STAGE_HEAD;
        size -= STAGE_HEAD;
        if (head[1] == STAGE_CLEAR) {
            policy_record_clear(record);
            n = 0;
            continue;
        }
        policy_value *value = &values[n];
        *value = (policy_value){.kind = head[1]};
        if (head[1] == POLICY_VALUE_TEXT) {
            if (payload < 0 || (uint64_t)payload > size)
                break;
            size_t padded = ((size_t)payload + 7) & ~(size_t)7;
            value->text = bytes;
            value->size = (size_t)payload;
            bytes += padded < size ? padded : size;
            size -= padded < size ? padded : size;
        } else if (head[1] == POLICY_VALUE_DOUBLE) {
            memcpy(&value->number, &payload, sizeof payload);
        } else {
            value->integer = payload;
        }
        fields[n++] = head[0];
        if (n == STAGE_AT_ONCE) {
            status = policy_record_set_many(record, fields, values, n, err);
            n = 0;
        }
    }
    return status || n == 0 ? status : policy_record_set_many(record, fields, values, n, err);
}

static policy_status stage_apply(JNIEnv *jenv, policy_record *record, jbyteArray staged, int32_t size,
                                 policy_error **err)
{
    char small[2048];
    if (size <= 0)
        return POLICY_OK;
    char *bytes = (size_t)size <= sizeof small ? small : malloc((size_t)size);
    if (!bytes)
        return POLICY_E_NOMEM;
    (*jenv)->GetByteArrayRegion(jenv, staged, 0, size, (jbyte *)bytes);
    policy_status status = stage_apply_bytes(record, bytes, (size_t)size, err);
    if (bytes != small)
        free(bytes);
    return status;
}

/* At most `room` values without a record: the keys of a group. What was staged as fields is their order. Texts stay in
 * `bytes`. Gives how many. */
static size_t stage_read_values(const char *bytes, size_t size, policy_value *values, size_t room)
{
    size_t n = 0;
    while (size >= STAGE_HEAD && n < room) {
        int32_t kind;
        int64_t payload;
        memcpy(&kind, bytes + sizeof kind, sizeof kind);
        memcpy(&payload, bytes + 2 * sizeof kind, sizeof payload);
        bytes += STAGE_HEAD;
        size -= STAGE_HEAD;
        policy_value *value = &values[n++];
        *value = (policy_value){.kind = kind};
        if (kind == POLICY_VALUE_TEXT) {
            if (payload < 0 || (uint64_t)payload > size)
                return n - 1;
            size_t padded = ((size_t)payload + 7) & ~(size_t)7;
            value->text = bytes;
            value->size = (size_t)payload;
            bytes += padded < size ? padded : size;
            size -= padded < size ? padded : size;
        } else if (kind == POLICY_VALUE_DOUBLE) {
            memcpy(&value->number, &payload, sizeof payload);
        } else {
            value->integer = payload;
        }
    }
    return n;
}

#endif
