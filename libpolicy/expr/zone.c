/*
 * Time zones from the system's TZif files (RFC 8536), and fixed offsets.
 *
 * A zone is its list of transitions and, for later years, the POSIX rule of the file's last line. Files are read anew
 * by each zone_new; programs open the zones they name once, when they are compiled.
 */
#include "expr/zone.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/platform.h"
#include "expr/zone_rule.h"

#define ZONE_FILE_LIMIT ((size_t)1 << 20)
#define ZONE_NAME_LIMIT 128
#define HEADER          ((size_t)44)

static const char *const folders[] = {"/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/",
                                      "/etc/zoneinfo/"};

struct zone {
    const policy_allocator *allocator;
    arena memory;
    int64_t *times;   /* of the transitions, rising */
    int32_t *offsets; /* in force from times[i] on */
    size_t count;
    int32_t first; /* in force before the first transition */
    bool has_rule; /* in force after the last one */
    zone_rule rule;
};

/* ---- fixed offsets ---- */

static bool digits(str text, size_t *at, size_t least, size_t most, int32_t *out)
{
    size_t from = *at;
    *out = 0;
    while (*at < text.size && *at - from < most && text.data[*at] >= '0' && text.data[*at] <= '9')
        *out = *out * 10 + (text.data[(*at)++] - '0');
    return *at - from >= least;
}

/* "+08:00", "-2:30", "08:00"; seconds east of UTC. */
static bool read_fixed(str name, int32_t *seconds)
{
    size_t at = 0;
    bool west = name.size && name.data[0] == '-';
    if (name.size && (name.data[0] == '-' || name.data[0] == '+'))
        at++;
    int32_t hours, minutes;
    if (!digits(name, &at, 1, 2, &hours) || at >= name.size || name.data[at++] != ':' ||
        !digits(name, &at, 2, 2, &minutes) || at != name.size || hours > 23 || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * 60;
    if (west)
        *seconds = -*seconds;
    return true;
}

/* ---- TZif ---- */

static uint32_t read_32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_time(const unsigned char *p, size_t width)
{
    if (width == 4)
        return (int32_t)read_32(p);
    return (int64_t)((uint64_t)read_32(p) << 32 | read_32(p + 4));
}

typedef struct counts {
    size_t ut, standard, leaps, times, types, characters;
    size_t bytes; /* of the data block */
} counts;

/* The header at `p`, whose data block has times of `width` bytes. False when it is not one or does not fit. */
static bool read_header(const unsigned char *p, size_t left, size_t width, counts *c)
{
    if (left < HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    size_t *fields[6] = {&c->ut, &c->standard, &c->leaps, &c->times, &c->types, &c->characters};
    for (size_t i = 0; i < 6; i++) {
        uint32_t n = read_32(p + 20 + 4 * i);
        if (n > ZONE_FILE_LIMIT)
            return false;
        *fields[i] = n;
    }
    c->bytes = c->times * (width + 1) + c->types * 6 + c->characters + c->leaps * (width + 4) + c->standard + c->ut;
    return c->types && c->types <= 256 && c->bytes <= left - HEADER;
}

static bool read_block(zone *z, const unsigned char *p, const counts *c, size_t width, bool *nomem)
{
    const unsigned char *indexes = p + c->times * width, *types = indexes + c->times;
    z->times = arena_array(&z->memory, c->times, sizeof *z->times);
    z->offsets = arena_array(&z->memory, c->times, sizeof *z->offsets);
    if (!z->times || !z->offsets) {
        *nomem = true;
        return false;
    }
    for (size_t i = 0; i < c->types; i++) {
        int32_t offset = (int32_t)read_32(types + 6 * i);
        if (offset < -ZONE_OFFSET_LIMIT || offset > ZONE_OFFSET_LIMIT)
            return false;
    }
    for (size_t i = 0; i < c->times; i++) {
        if (indexes[i] >= c->types)
            return false;
        z->times[i] = read_time(p + i * width, width);
        z->offsets[i] = (int32_t)read_32(types + 6 * (size_t)indexes[i]);
        if (i && z->times[i] <= z->times[i - 1])
            return false;
    }
    z->count = c->times;
    z->first = (int32_t)read_32(types); /* type 0 by definition */
    return true;
}

static bool read_file(zone *z, const unsigned char *p, size_t size, bool *nomem)
{
    counts c;
    if (!read_header(p, size, 4, &c))
        return false;
    if (p[4] < '2')
        return read_block(z, p + HEADER, &c, 4, nomem);
    /* Version 2 and later: the same once more with 64-bit times, then the rule between two line ends. */
    size_t at = HEADER + c.bytes;
    if (!read_header(p + at, size - at, 8, &c) || !read_block(z, p + at + HEADER, &c, 8, nomem))
        return false;
    at += HEADER + c.bytes;
    if (at >= size || p[at] != '\n')
        return false;
    const unsigned char *end = memchr(p + at + 1, '\n', size - at - 1);
    if (!end)
        return false;
    str rule = {(const char *)p + at + 1, (size_t)(end - (p + at + 1))};
    z->has_rule = rule.size > 0;
    return !z->has_rule || zone_rule_read(rule, &z->rule);
}

/* ---- the public part ---- */

/* Letters, digits and + - _ / in parts that do not begin with a dot: nothing that could leave the folder. */
static bool is_plain_name(str name)
{
    if (!name.size || name.size > ZONE_NAME_LIMIT)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool mark = c == '+' || c == '-' || c == '_';
        bool slash = c == '/' && i > 0 && i + 1 < name.size && name.data[i - 1] != '/';
        if (!letter && !mark && !slash)
            return false;
    }
    return true;
}

static bool open_named(zone *z, str name, bool *nomem)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[ZONE_NAME_LIMIT + 40];
        size_t prefix = strlen(folders[i]);
        memcpy(path, folders[i], prefix);
        memcpy(path + prefix, name.data, name.size);
        path[prefix + name.size] = '\0';
        char *data = NULL;
        size_t size = 0;
        const char *reason = NULL;
        policy_status status = platform_read_all(z->allocator, path, ZONE_FILE_LIMIT, &data, &size, &reason);
        if (status == POLICY_E_NOMEM) {
            *nomem = true;
            return false;
        }
        if (status != POLICY_OK)
            continue;
        bool good = read_file(z, (const unsigned char *)data, size, nomem);
        allocator_free(z->allocator, data);
        return good;
    }
    return false;
}

zone *zone_new(const policy_allocator *a, str name, bool *nomem)
{
    *nomem = false;
    int32_t fixed = 0;
    bool is_fixed = str_equal(name, STR("UTC")) || str_equal(name, STR("Z")) || read_fixed(name, &fixed);
    if (!is_fixed && !is_plain_name(name))
        return NULL;
    zone *z = allocator_zero(a, 1, sizeof *z);
    if (!z) {
        *nomem = true;
        return NULL;
    }
    z->allocator = a;
    z->first = fixed;
    arena_init(&z->memory, a, 0);
    if (!is_fixed && !open_named(z, name, nomem)) {
        zone_free(z);
        return NULL;
    }
    return z;
}

void zone_free(zone *z)
{
    if (!z)
        return;
    const policy_allocator *a = z->allocator;
    arena_free(&z->memory);
    allocator_free(a, z);
}

int32_t zone_offset(const zone *z, int64_t seconds)
{
    if (!z->count || seconds < z->times[0])
        return z->count || !z->has_rule ? z->first : zone_rule_offset(&z->rule, seconds);
    if (z->has_rule && seconds >= z->times[z->count - 1])
        return zone_rule_offset(&z->rule, seconds);
    size_t low = 0, high = z->count; /* the last transition at or before `seconds` */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (z->times[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    return z->offsets[low];
}
