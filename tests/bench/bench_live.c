/*
 * Asking before saving: what one check costs, beside the same rules as a C function and in Lua 5.4 and LuaJIT called from C.
 *
 * Figures P1, P2, P3, P7 and P8 (tests/bench/README.md says what each is), and those of the complete huancui pack. All
 * rounds of all peers in turn, medians; every peer's answers are compared before anything is timed.
 *
 *   bench_live [--json FILE | --emit FILE]
 */
#define _GNU_SOURCE /* RTLD_DEEPBIND */
#include <dlfcn.h>
#include <policy/policy.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yaml.h>

enum { RECORDS = 256, ROUNDS = 7, STRINGS = 6, INTS = 6, BOOLS = 3, FIELDS = STRINGS + INTS + BOOLS, RULES = 20 };

/* Text field and its value twice, a number's bound, a flag: once for all languages. */
/* clang-format off */
#define EACH_RULE(R) \
    R(s0, 0, s1, 2, i0, 20, b0) \
    R(s0, 0, s2, 1, i1, 30, b1) \
    R(s0, 0, s3, 3, i2, 10, b2) \
    R(s0, 0, s4, 0, i3, 40, b0) \
    R(s0, 0, s5, 1, i4, 25, b1) \
    R(s0, 1, s1, 0, i5, 15, b2) \
    R(s0, 1, s2, 3, i0, 35, b0) \
    R(s0, 1, s3, 2, i1, 20, b1) \
    R(s0, 1, s4, 1, i2, 30, b2) \
    R(s0, 1, s5, 0, i3, 10, b0) \
    R(s0, 2, s1, 3, i4, 40, b1) \
    R(s0, 2, s2, 2, i5, 25, b2) \
    R(s0, 2, s3, 1, i0, 15, b0) \
    R(s0, 2, s4, 3, i1, 35, b1) \
    R(s0, 2, s5, 2, i2, 20, b2) \
    R(s0, 3, s1, 1, i3, 30, b0) \
    R(s0, 3, s2, 0, i4, 10, b1) \
    R(s0, 3, s3, 0, i5, 40, b2) \
    R(s0, 3, s4, 2, i0, 25, b0) \
    R(s0, 3, s5, 3, i1, 15, b1)
/* clang-format on */

typedef struct row {
    int s0, s1, s2, s3, s4, s5;
    int i0, i1, i2, i3, i4, i5;
    bool b0, b1, b2;
} row;

static row rows[RECORDS];
static const char *const words[] = {"v0", "v1", "v2", "v3"};
static const char *const field_names[FIELDS] = {"s0", "s1", "s2", "s3", "s4", "s5", "i0", "i1",
                                                "i2", "i3", "i4", "i5", "b0", "b1", "b2"};

static uint32_t by_hand(const row *r)
{
    uint32_t hits = 0, bit = 1;
#define IN_C(A, X, B, Y, N, MOST, F)                                                                                   \
    if (r->A == X && r->B == Y && r->N <= MOST && r->F)                                                                \
        hits |= bit;                                                                                                   \
    bit <<= 1;
    EACH_RULE(IN_C)
    return hits;
}

static uint32_t random_state = 7;
static int chance(int below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int)((random_state >> 16) % (uint32_t)below);
}

static void fill(void)
{
    for (int i = 0; i < RECORDS; i++) {
        int *texts = &rows[i].s0, *numbers = &rows[i].i0;
        for (int k = 0; k < STRINGS; k++) {
            texts[k] = chance(4);
            numbers[k] = chance(60);
        }
        rows[i].b0 = chance(2);
        rows[i].b1 = chance(2);
        rows[i].b2 = chance(2);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

static void need(int status, policy_error *err, const char *what)
{
    if (status != POLICY_OK) {
        fprintf(stderr, "%s: %s\n", what,
                err ? policy_error_message(err, POLICY_LANGUAGE_EN) : policy_status_name(status));
        exit(2);
    }
}

/* ---- libpolicy ---- */

typedef struct subject {
    policy_engine *engine;
    policy_ledger *ledger;
    policy_record *records[RECORDS];
    policy_record *one;
    policy_findings *caused;
    int32_t fields[FIELDS];
} subject;

static const char schema_text[] =
    "schema: flat\nversion: \"1.0\"\ntypes:\n  item:\n    identity: [s0]\n    fields:\n"
    "      s0: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      s1: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      s2: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      s3: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      s4: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      s5: {type: enum, values: {v0: [], v1: [], v2: [], v3: []}}\n"
    "      i0: {type: int}\n      i1: {type: int}\n      i2: {type: int}\n      i3: {type: int}\n"
    "      i4: {type: int}\n      i5: {type: int}\n"
    "      b0: {type: bool}\n      b1: {type: bool}\n      b2: {type: bool}\n";

/* The twenty rules, and as often again with other bounds as asked for. */
static char *pack_text(int copies)
{
    size_t room = (size_t)copies * RULES * 160 + 256, at;
    char *text = malloc(room);
    at = (size_t)snprintf(text, room, "pack: flat\nversion: \"1.0\"\nschema: flat\nrules:\n");
    for (int copy = 0; copy < copies; copy++) {
        int number = 0;
#define IN_YAML(A, X, B, Y, N, MOST, F)                                                                                \
    at += (size_t)snprintf(text + at, room - at,                                                                       \
                           "- {id: r%d-%d, table: item, deny: \"" #A " == 'v%d' && " #B " == 'v%d' && " #N             \
                           " <= %d && " #F "\"}\n",                                                                    \
                           copy, number, (X + copy) % 4, Y, copy == 0 ? MOST : (MOST + copy) % 5);                     \
    number++;
        EACH_RULE(IN_YAML)
    }
    return text;
}

static policy_engine *load(const char *text)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    need(policy_builder_new(NULL, &builder, &err), err, "builder");
    need(policy_builder_add_memory(builder, "schema/flat.yaml", schema_text, strlen(schema_text), &err), err, "schema");
    need(policy_builder_load_memory(builder, "flat.yaml", text, strlen(text), &err), err, "pack");
    need(policy_builder_build(builder, &engine, &err), err, "build");
    policy_builder_free(builder);
    return engine;
}

static void values_of(const row *r, bool codes, policy_value *values)
{
    const int *texts = &r->s0, *numbers = &r->i0;
    const bool *flags = &r->b0;
    memset(values, 0, FIELDS * sizeof *values);
    for (int k = 0; k < STRINGS; k++) {
        values[k] = codes ? (policy_value){.kind = POLICY_VALUE_CODE, .integer = texts[k]}
                          : (policy_value){.kind = POLICY_VALUE_TEXT, .text = words[texts[k]], .size = 2};
    }
    for (int k = 0; k < INTS; k++) {
        values[STRINGS + k] = (policy_value){.kind = POLICY_VALUE_INT, .integer = numbers[k]};
    }
    for (int k = 0; k < BOOLS; k++) {
        values[STRINGS + INTS + k] = (policy_value){.kind = POLICY_VALUE_BOOL, .integer = flags[k]};
    }
}

static subject subject_of(policy_engine *engine)
{
    subject s = {.engine = engine};
    policy_error *err = NULL;
    need(policy_ledger_new(engine, &s.ledger, &err), err, "ledger");
    need(policy_ledger_supply(s.ledger, "item", &err), err, "supply");
    need(policy_findings_new(engine, &s.caused, &err), err, "findings");
    need(policy_record_new(engine, "item", &s.one, &err), err, "record");
    for (int i = 0; i < FIELDS; i++) {
        s.fields[i] = policy_engine_field(engine, "item", field_names[i]);
    }
    for (int i = 0; i < RECORDS; i++) {
        policy_value values[FIELDS];
        need(policy_record_new(engine, "item", &s.records[i], &err), err, "record");
        values_of(&rows[i], true, values);
        need(policy_record_set_many(s.records[i], s.fields, values, FIELDS, &err), err, "set");
    }
    return s;
}

static void subject_free(subject *s)
{
    for (int i = 0; i < RECORDS; i++) {
        policy_record_free(s->records[i]);
    }
    policy_record_free(s->one);
    policy_findings_free(s->caused);
    policy_ledger_free(s->ledger);
}

static uint32_t by_policy(subject *s, int i)
{
    uint32_t hits = 0;
    need(policy_ledger_check(s->ledger, s->records[i], s->caused, NULL), NULL, "check");
    for (size_t k = 0; k < policy_findings_count(s->caused); k++) {
        hits |= 1u << atoi(strchr(policy_finding_rule(policy_findings_at(s->caused, k)), '-') + 1);
    }
    return hits;
}

static void policy_prepared(void *context)
{
    subject *s = context;
    for (int i = 0; i < RECORDS; i++) {
        (void)policy_ledger_check(s->ledger, s->records[i], s->caused, NULL);
    }
}

static void policy_strings(void *context)
{
    subject *s = context;
    for (int i = 0; i < RECORDS; i++) {
        policy_value values[FIELDS];
        values_of(&rows[i], false, values);
        policy_record_clear(s->one);
        (void)policy_record_set_borrowed(s->one, s->fields, values, FIELDS, NULL);
        (void)policy_ledger_check(s->ledger, s->one, s->caused, NULL);
    }
}

static char json_texts[RECORDS][512];

/* The records as JSON, once. */
static void write_json(void)
{
    for (int i = 0; i < RECORDS; i++) {
        const int *texts = &rows[i].s0, *numbers = &rows[i].i0;
        const bool *flags = &rows[i].b0;
        char *at = json_texts[i];
        *at++ = '{';
        for (int k = 0; k < FIELDS; k++) {
            at += sprintf(at, "%s\"%s\":", k > 0 ? "," : "", field_names[k]);
            at += k < STRINGS          ? sprintf(at, "\"%s\"", words[texts[k]])
                  : k < STRINGS + INTS ? sprintf(at, "%d", numbers[k - STRINGS])
                                       : sprintf(at, "%s", flags[k - STRINGS - INTS] ? "true" : "false");
        }
        *at++ = '}';
        *at = '\0';
    }
}

static void policy_json(void *context)
{
    subject *s = context;
    for (int i = 0; i < RECORDS; i++) {
        (void)policy_record_set_json(s->one, json_texts[i], strlen(json_texts[i]), NULL);
        (void)policy_ledger_check(s->ledger, s->one, s->caused, NULL);
    }
}

/* For engines elsewhere: the rules, the records, and which rules each must hit. */
static void emit(const char *path)
{
    FILE *to = fopen(path, "w");
    if (to == NULL) {
        perror(path);
        exit(2);
    }
    fputs("{\"rules\": [", to);
    const char *comma = "";
#define IN_JSON(A, X, B, Y, N, MOST, F)                                                                                \
    fprintf(to,                                                                                                        \
            "%s\n  {\"texts\": {\"" #A "\": \"v%d\", \"" #B "\": \"v%d\"}, \"number\": \"" #N                          \
            "\", \"most\": %d, \"flag\": \"" #F "\"}",                                                                 \
            comma, X, Y, MOST);                                                                                        \
    comma = ",";
    EACH_RULE(IN_JSON)
    fputs("],\n\"records\": [", to);
    for (int i = 0; i < RECORDS; i++) {
        fprintf(to, "%s\n  {\"record\": %s, \"hits\": %u}", i > 0 ? "," : "", json_texts[i], by_hand(&rows[i]));
    }
    fputs("]}\n", to);
    fclose(to);
}

static void hand(void *context)
{
    volatile uint32_t *sink = context;
    for (int i = 0; i < RECORDS; i++) {
        *sink = by_hand(&rows[i]);
    }
}

/* ---- Lua and LuaJIT: both libraries use the same names, so each is opened by itself ---- */

typedef struct lua {
    void *library, *state;
    int (*load)(void *, const char *);
    void (*push_integer)(void *, ptrdiff_t);
    const char *(*push_text)(void *, const char *, size_t);
    void (*push_flag)(void *, int);
    void (*push_value)(void *, int);
    void (*call)(void *, int, int);
    void (*callk)(void *, int, int, ptrdiff_t, void *);
    double (*number)(void *, int);
    double (*numberx)(void *, int, int *);
    void (*set_top)(void *, int);
} lua;

static void *symbol(void *library, const char *name)
{
    return dlsym(library, name);
}

/* Two functions stay on its stack: of codes, and of strings. */
static bool lua_open(lua *l, const char *file)
{
    *l = (lua){.library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)};
    if (l->library == NULL) {
        return false;
    }
    void *(*make)(void);
    void (*open)(void *);
#define TAKE(TO, NAME) *(void **)(void *)&(TO) = symbol(l->library, NAME)
    TAKE(make, "luaL_newstate");
    TAKE(open, "luaL_openlibs");
    TAKE(l->push_integer, "lua_pushinteger");
    TAKE(l->push_text, "lua_pushlstring");
    TAKE(l->push_flag, "lua_pushboolean");
    TAKE(l->push_value, "lua_pushvalue");
    TAKE(l->call, "lua_call");
    TAKE(l->callk, "lua_callk");
    TAKE(l->number, "lua_tonumber");
    TAKE(l->numberx, "lua_tonumberx");
    TAKE(l->set_top, "lua_settop");
    TAKE(l->load, "luaL_loadstring");
    l->state = make();
    open(l->state);
    for (int strings = 0; strings < 2; strings++) {
        char text[8192];
        size_t at = (size_t)snprintf(text, sizeof text,
                                     "return function(s0,s1,s2,s3,s4,s5,i0,i1,i2,i3,i4,i5,b0,b1,b2) local hits = 0\n");
        int number = 0;
        const char *quote = strings ? "'v" : "", *end = strings ? "'" : "";
#define IN_LUA(A, X, B, Y, N, MOST, F)                                                                                 \
    at += (size_t)snprintf(text + at, sizeof text - at,                                                                \
                           "if " #A " == %s%d%s and " #B " == %s%d%s and " #N " <= %d and " #F                         \
                           " then hits = hits + %u end\n",                                                             \
                           quote, X, end, quote, Y, end, MOST, 1u << number);                                          \
    number++;
        EACH_RULE(IN_LUA)
        snprintf(text + at, sizeof text - at, "return hits end");
        if (l->load(l->state, text) != 0) {
            return false;
        }
        l->callk ? l->callk(l->state, 0, 1, 0, NULL) : l->call(l->state, 0, 1);
    }
    return true;
}

static uint32_t by_lua(lua *l, int i, bool strings)
{
    const int *texts = &rows[i].s0, *numbers = &rows[i].i0;
    const bool *flags = &rows[i].b0;
    l->push_value(l->state, strings ? 2 : 1);
    for (int k = 0; k < STRINGS; k++) {
        if (strings) {
            l->push_text(l->state, words[texts[k]], 2);
        } else {
            l->push_integer(l->state, texts[k]);
        }
    }
    for (int k = 0; k < INTS; k++) {
        l->push_integer(l->state, numbers[k]);
    }
    for (int k = 0; k < BOOLS; k++) {
        l->push_flag(l->state, flags[k]);
    }
    l->callk ? l->callk(l->state, FIELDS, 1, 0, NULL) : l->call(l->state, FIELDS, 1);
    double hits = l->numberx ? l->numberx(l->state, -1, NULL) : l->number(l->state, -1);
    l->set_top(l->state, 2);
    return (uint32_t)hits;
}

static void lua_codes(void *context)
{
    for (int i = 0; i < RECORDS; i++) {
        (void)by_lua(context, i, false);
    }
}

static void lua_strings(void *context)
{
    for (int i = 0; i < RECORDS; i++) {
        (void)by_lua(context, i, true);
    }
}

/* ---- the whole pack ---- */

enum { FORM_FIELDS = 11 };
typedef struct form {
    subject s;
    policy_headroom *room;
    int32_t fields[FORM_FIELDS];
    policy_value texts[FORM_FIELDS], codes[FORM_FIELDS];
} form;

static void form_open(form *f, policy_engine *engine)
{
    static const char *const names[FORM_FIELDS] = {"school", "grade",   "class",     "subject", "assigned", "form",
                                                   "place",  "minutes", "mandatory", "posted",  "text"};
    static const char *const cells[FORM_FIELDS] = {"长征小学",    "三年级", "2班", "数学", "2021-11-22",
                                                   "书面",        "学校",   "5",   "必做", "2021-11-22 16:00",
                                                   "练习册第三页"};
    policy_error *err = NULL;
    *f = (form){.s.engine = engine};
    need(policy_ledger_new(engine, &f->s.ledger, &err), err, "ledger");
    need(policy_ledger_supply(f->s.ledger, "homework", &err), err, "supply");
    need(policy_findings_new(engine, &f->s.caused, &err), err, "findings");
    need(policy_headroom_new(engine, &f->room, &err), err, "headroom");
    need(policy_record_new(engine, "homework", &f->s.one, &err), err, "record");
    for (int i = 0; i < FORM_FIELDS; i++) {
        f->fields[i] = policy_engine_field(engine, "homework", names[i]);
        f->texts[i] = (policy_value){.kind = POLICY_VALUE_TEXT, .text = cells[i], .size = strlen(cells[i])};
    }
    memcpy(f->codes, f->texts, sizeof f->codes);
    f->codes[1] = (policy_value){.kind = POLICY_VALUE_INT, .integer = 3};
    f->codes[4] = (policy_value){.kind = POLICY_VALUE_DATE, .integer = 18953};
    f->codes[5] =
        (policy_value){.kind = POLICY_VALUE_CODE, .integer = policy_engine_code(engine, "homework", "form", "书面")};
    f->codes[6] =
        (policy_value){.kind = POLICY_VALUE_CODE, .integer = policy_engine_code(engine, "homework", "place", "学校")};
    f->codes[7] = (policy_value){.kind = POLICY_VALUE_INT, .integer = 5};
    f->codes[8] = (policy_value){.kind = POLICY_VALUE_BOOL, .integer = 1};
    f->codes[9] =
        (policy_value){.kind = POLICY_VALUE_TIMESTAMP, .integer = ((int64_t)18953 * 86400 + 16 * 3600) * 1000000};
    for (int i = 0; i < 3; i++) { /* totals to add to */
        need(policy_record_set_many(f->s.one, f->fields, f->codes, FORM_FIELDS, &err), err, "set");
        need(policy_ledger_post(f->s.ledger, f->s.one, &err), err, "post");
    }
}

static void ask(form *f, const policy_value *values)
{
    for (int i = 0; i < RECORDS; i++) {
        policy_record_clear(f->s.one);
        (void)policy_record_set_borrowed(f->s.one, f->fields, values, FORM_FIELDS, NULL);
        (void)policy_ledger_check_with_headroom(f->s.ledger, f->s.one, f->s.caused, f->room, NULL);
    }
}

static void ask_codes(void *context)
{
    ask(context, ((form *)context)->codes);
}

static void ask_strings(void *context)
{
    ask(context, ((form *)context)->texts);
}

static void form_close(form *f)
{
    policy_headroom_free(f->room);
    policy_record_free(f->s.one);
    policy_findings_free(f->s.caused);
    policy_ledger_free(f->s.ledger);
}

/* ---- a term of a district ---- */

static size_t held; /* bytes the library has of the host below */

/* Each block begins with its size. */
static void *host_allocate(void *context, size_t size)
{
    (void)context;
    size_t *block = malloc(size + 16);
    if (block == NULL) {
        return NULL;
    }
    *block = size;
    held += size;
    return block + 2;
}

static void host_release(void *context, void *memory)
{
    (void)context;
    if (memory != NULL) {
        size_t *block = (size_t *)memory - 2;
        held -= *block;
        free(block);
    }
}

static void *host_resize(void *context, void *memory, size_t old_size, size_t new_size)
{
    void *more = host_allocate(context, new_size);
    if (more != NULL && memory != NULL) {
        memcpy(more, memory, old_size < new_size ? old_size : new_size);
        host_release(context, memory);
    }
    return more;
}

enum { CLASSES = 1000, SCHOOLS = 25, DAYS = 100, TERM_FIELDS = 10, EXAM_FIELDS = 8 };

typedef struct term {
    double bytes, seconds; /* of the state; to post it */
    long records;
} term;

static policy_value text_of(const char *text)
{
    return (policy_value){.kind = POLICY_VALUE_TEXT, .text = text, .size = strlen(text)};
}

static policy_value whole_of(int64_t number)
{
    return (policy_value){.kind = POLICY_VALUE_INT, .integer = number};
}

static policy_value day_of(int64_t day)
{
    return (policy_value){.kind = POLICY_VALUE_DATE, .integer = day};
}

/* Each class is set three or four pieces of homework on every school day and sits one final exam in three subjects. */
static term keep_term(void)
{
    static const char *const homework_names[TERM_FIELDS] = {"school", "grade", "class",   "subject",   "assigned",
                                                            "form",   "place", "minutes", "mandatory", "posted"};
    static const char *const exam_names[EXAM_FIELDS] = {"school", "grade", "class", "subject",
                                                        "name",   "date",  "form",  "organiser_level"};
    static const char *const subjects[] = {"语文", "数学", "英语", "科学"};
    policy_allocator host = {sizeof host, NULL, host_allocate, host_resize, host_release};
    policy_options *options = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_record *homework = NULL, *exam = NULL;
    policy_error *err = NULL;
    need(policy_options_new(&host, &options, &err), err, "options");
    need(policy_builder_new(options, &builder, &err), err, "builder");
    need(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", &err), err, "huancui-2021");
    need(policy_builder_build(builder, &engine, &err), err, "huancui-2021");
    need(policy_record_new(engine, "homework", &homework, &err), err, "record");
    need(policy_record_new(engine, "exam", &exam, &err), err, "record");
    int32_t fields[TERM_FIELDS], exam_fields[EXAM_FIELDS];
    for (int i = 0; i < TERM_FIELDS; i++) {
        fields[i] = policy_engine_field(engine, "homework", homework_names[i]);
    }
    for (int i = 0; i < EXAM_FIELDS; i++) {
        exam_fields[i] = policy_engine_field(engine, "exam", exam_names[i]);
    }
    size_t before = held;
    term t = {0};
    double from = seconds();
    need(policy_ledger_new(engine, &ledger, &err), err, "ledger");
    need(policy_ledger_supply(ledger, "homework", &err), err, "supply");
    need(policy_ledger_supply(ledger, "exam", &err), err, "supply");
    int64_t written = policy_engine_code(engine, "homework", "form", "书面"),
            oral = policy_engine_code(engine, "homework", "form", "口头"),
            home = policy_engine_code(engine, "homework", "place", "家庭"),
            in_school = policy_engine_code(engine, "homework", "place", "学校");
    for (int day = 0; day < DAYS; day++) {
        int64_t date = 18871 + day / 5 * 7 + day % 5; /* from 2021-09-01 */
        for (int class = 0; class < CLASSES; class ++) {
            char school[32], name[16];
            snprintf(school, sizeof school, "第%d学校", class % SCHOOLS + 1);
            snprintf(name, sizeof name, "%d班", class / SCHOOLS / 8 + 1);
            int grade = 2 + class / SCHOOLS % 8;
            for (int piece = 0; piece < 3 + (day + class) % 2; piece++) {
                policy_value values[TERM_FIELDS] = {
                    text_of(school),
                    whole_of(grade),
                    text_of(name),
                    text_of(subjects[piece]),
                    day_of(date),
                    {.kind = POLICY_VALUE_CODE, .integer = grade > 2 && piece < 3 ? written : oral},
                    {.kind = POLICY_VALUE_CODE, .integer = piece == 0 ? home : in_school},
                    whole_of(5 + (class + day * 7 + piece * 3) % 20),
                    {.kind = POLICY_VALUE_BOOL, .integer = 1},
                    {.kind = POLICY_VALUE_TIMESTAMP, .integer = (date * 86400 + 16 * 3600 + piece * 600) * 1000000}};
                policy_record_clear(homework);
                need(policy_record_set_borrowed(homework, fields, values, TERM_FIELDS, &err), err, "homework");
                need(policy_ledger_post(ledger, homework, &err), err, "homework");
                t.records++;
            }
            for (int paper = 0; day == DAYS - 1 && paper < 3; paper++) {
                policy_value values[EXAM_FIELDS] = {text_of(school),          whole_of(grade),     text_of(name),
                                                    text_of(subjects[paper]), text_of("期末考试"), day_of(date - paper),
                                                    text_of("闭卷"),          text_of("学校")};
                policy_record_clear(exam);
                need(policy_record_set_borrowed(exam, exam_fields, values, EXAM_FIELDS, &err), err, "exam");
                need(policy_ledger_post(ledger, exam, &err), err, "exam");
                t.records++;
            }
        }
    }
    t.seconds = seconds() - from;
    t.bytes = (double)(held - before);
    policy_record_free(homework);
    policy_record_free(exam);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_options_free(options);
    return t;
}

/* ---- two threads ---- */

typedef struct worker {
    policy_engine *engine;
    subject s;
} worker;

static void *work(void *context)
{
    worker *w = context;
    for (int i = 0; i < 40; i++) {
        policy_prepared(&w->s);
    }
    return NULL;
}

static double two_threads(worker *a, worker *b)
{
    pthread_t other;
    double from = seconds();
    if (pthread_create(&other, NULL, work, b) != 0) {
        return 0;
    }
    (void)work(a);
    pthread_join(other, NULL);
    return seconds() - from;
}

/* ---- loading ---- */

static void load_rules(void *context)
{
    policy_engine_unref(load(context));
}

static void parse_yaml(void *context)
{
    const char *texts[2] = {context, schema_text};
    for (int i = 0; i < 2; i++) {
        yaml_parser_t parser;
        yaml_document_t document;
        yaml_parser_initialize(&parser);
        yaml_parser_set_input_string(&parser, (const unsigned char *)texts[i], strlen(texts[i]));
        if (yaml_parser_load(&parser, &document)) {
            yaml_document_delete(&document);
        }
        yaml_parser_delete(&parser);
    }
}

/* ---- measuring ---- */

enum {
    HAND,
    POLICY,
    POLICY_STRINGS,
    POLICY_JSON,
    THOUSAND,
    JIT,
    JIT_STRINGS,
    LUA,
    LUA_STRINGS,
    FORM_CODES,
    FORM_STRINGS,
    LOAD,
    YAML,
    CONTESTS
};
typedef struct contest {
    void (*run)(void *);
    void *context;
    int repeats, operations; /* operations a run */
    double rounds[ROUNDS], nanoseconds;
} contest;

static void measure(contest *all)
{
    for (int i = 0; i < CONTESTS; i++) {
        if (all[i].run != NULL) {
            all[i].run(all[i].context); /* warm */
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CONTESTS; i++) {
            contest *c = &all[i];
            double from = seconds();
            for (int k = 0; c->run != NULL && k < c->repeats; k++) {
                c->run(c->context);
            }
            c->rounds[round] = (seconds() - from) * 1e9 / c->repeats / c->operations;
        }
    }
    for (int i = 0; i < CONTESTS; i++) {
        all[i].nanoseconds = all[i].run ? median(all[i].rounds) : 0;
    }
}

static FILE *json;
static bool first = true;

/* A goal is at most (or, with `least`, at least) so much; no goal: negative. */
static void tell(const char *id, const char *what, double value, const char *unit, bool least, double firm,
                 double moonshot)
{
    bool met = firm < 0 || (least ? value >= firm : value <= firm);
    printf("%-4s %-62s %10.2f %-5s goal %s %g%s\n", id, what, value, unit, least ? ">=" : "<=", firm,
           met ? "" : "   missed");
    if (json != NULL) {
        fprintf(
            json,
            "%s  {\"id\": \"%s\", \"what\": \"%s\", \"value\": %.4g, \"unit\": \"%s\", \"firm\": %g, \"moonshot\": %g, "
            "\"met\": %s}",
            first ? "" : ",\n", id, what, value, unit, firm, moonshot, met ? "true" : "false");
        first = false;
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--json") == 0) {
        json = fopen(argv[2], "w");
        if (json == NULL) {
            perror(argv[2]);
            return 2;
        }
        fputs("[\n", json);
    } else if (argc > 1 && !(argc == 3 && strcmp(argv[1], "--emit") == 0)) {
        fprintf(stderr, "bench_live [--json FILE | --emit FILE]\n");
        return 2;
    }
    fill();
    write_json();
    if (argc == 3 && json == NULL) {
        emit(argv[2]);
        return 0;
    }
    char *twenty = pack_text(1), *thousand = pack_text(50);
    policy_engine *small = load(twenty), *large = load(thousand), *plan = NULL, *twin = load(twenty);
    policy_builder *builder = NULL;
    policy_error *err = NULL;
    need(policy_builder_new(NULL, &builder, &err), err, "builder");
    need(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", &err), err, "huancui-2021");
    need(policy_builder_build(builder, &plan, &err), err, "huancui-2021");
    policy_builder_free(builder);
    subject s = subject_of(small), many = subject_of(large);
    static form whole;
    form_open(&whole, plan);
    lua jit, plain;
    bool has_jit = lua_open(&jit, "libluajit-5.1.so.2"), has_lua = lua_open(&plain, "liblua5.4.so.0");
    if (!has_jit || !has_lua) {
        fprintf(stderr, "not found, and so not measured:%s%s\n", has_jit ? "" : " LuaJIT", has_lua ? "" : " Lua 5.4");
    }
    for (int i = 0; i < RECORDS; i++) {
        uint32_t expected = by_hand(&rows[i]);
        if (by_policy(&s, i) != expected || (has_jit && by_lua(&jit, i, i % 2) != expected) ||
            (has_lua && by_lua(&plain, i, i % 2) != expected)) {
            fprintf(stderr, "record %d: the answers differ\n", i);
            return 2;
        }
    }
    volatile uint32_t sink;
    static contest all[CONTESTS];
    all[HAND] = (contest){hand, (void *)&sink, 400, RECORDS, {0}, 0};
    all[POLICY] = (contest){policy_prepared, &s, 20, RECORDS, {0}, 0};
    all[POLICY_STRINGS] = (contest){policy_strings, &s, 20, RECORDS, {0}, 0};
    all[POLICY_JSON] = (contest){policy_json, &s, 20, RECORDS, {0}, 0};
    all[THOUSAND] = (contest){policy_prepared, &many, 2, RECORDS, {0}, 0};
    all[JIT] = (contest){has_jit ? lua_codes : NULL, &jit, 40, RECORDS, {0}, 0};
    all[JIT_STRINGS] = (contest){has_jit ? lua_strings : NULL, &jit, 40, RECORDS, {0}, 0};
    all[LUA] = (contest){has_lua ? lua_codes : NULL, &plain, 40, RECORDS, {0}, 0};
    all[LUA_STRINGS] = (contest){has_lua ? lua_strings : NULL, &plain, 40, RECORDS, {0}, 0};
    all[FORM_CODES] = (contest){ask_codes, &whole, 4, RECORDS, {0}, 0};
    all[FORM_STRINGS] = (contest){ask_strings, &whole, 4, RECORDS, {0}, 0};
    all[LOAD] = (contest){load_rules, twenty, 10, 1, {0}, 0};
    all[YAML] = (contest){parse_yaml, twenty, 10, 1, {0}, 0};
    measure(all);

    worker together[2] = {{small, s}, {small, subject_of(small)}};
    worker apart[2] = {{small, s}, {twin, subject_of(twin)}};
    double shared[ROUNDS], private[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        shared[round] = two_threads(&together[0], &together[1]);
        private[round] = two_threads(&apart[0], &apart[1]);
    }
    double one = all[POLICY].nanoseconds, strings = all[POLICY_STRINGS].nanoseconds;
    tell("P1", "20 row rules on a prepared record, by hand-written C", one / all[HAND].nanoseconds, "x", false, 4, 2.5);
    tell("P1a", "20 row rules on a prepared record", one, "ns", false, -1, -1);
    if (has_jit) {
        tell("P2", "the same, LuaJIT by libpolicy", all[JIT].nanoseconds / one, "x", true, 4, 6);
        tell("P3", "strings in, LuaJIT by libpolicy", all[JIT_STRINGS].nanoseconds / strings, "x", true, 1.5, 2.3);
    }
    if (has_lua) {
        tell("P2b", "the same, Lua 5.4 by libpolicy", all[LUA].nanoseconds / one, "x", true, 10, 16);
        tell("P3b", "strings in, Lua 5.4 by libpolicy", all[LUA_STRINGS].nanoseconds / strings, "x", true, 3, 4);
    }
    tell("P3a", "strings in", strings, "ns", false, -1, -1);
    tell("P4a", "JSON text in", all[POLICY_JSON].nanoseconds, "ns", false, -1, -1);
    tell("P7", "1,000 rules by 20 rules", all[THOUSAND].nanoseconds / one, "x", false, 6, 4);
    tell("P8", "20 rules and their schema from YAML, by libyaml alone", all[LOAD].nanoseconds / all[YAML].nanoseconds,
         "x", false, 3, 2);
    tell("P8a", "20 rules and their schema from YAML", all[LOAD].nanoseconds / 1000, "us", false, 133, 60);
    tell("L1", "huancui-2021, a check and its headroom, from codes", all[FORM_CODES].nanoseconds, "ns", false, 500,
         300);
    tell("L2", "huancui-2021, a check and its headroom, from strings", all[FORM_STRINGS].nanoseconds, "ns", false, 800,
         500);
    tell("L3", "2 threads on one engine, by 2 engines", median(shared) / median(private), "x", false, 1.1, 1.02);
    term kept = keep_term();
    tell("L4", "huancui-2021, the state of 1,000 classes and one term", kept.bytes / 1048576, "MB", false, 16, 8);
    tell("L4a", "the same, by record", kept.bytes / (double)kept.records, "bytes", false, -1, -1);
    tell("L4b", "the same, to post a record", kept.seconds * 1e9 / (double)kept.records, "ns", false, -1, -1);
    if (json != NULL) {
        fputs("\n]\n", json);
        fclose(json);
    }
    subject_free(&together[1].s);
    subject_free(&apart[1].s);
    subject_free(&s);
    subject_free(&many);
    form_close(&whole);
    policy_engine_unref(small);
    policy_engine_unref(large);
    policy_engine_unref(twin);
    policy_engine_unref(plan);
    free(twenty);
    free(thousand);
    return 0;
}
