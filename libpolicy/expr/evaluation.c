/*
 * Evaluations: the scratch memory, registers and counters that runs share, and how errors are made in them.
 *
 * An evaluation is warm after a few rows: the arena keeps its first block, the register chunks stay. Errors live in
 * the scratch arena; the one that says the scratch is full cannot, and gets memory of its own until the next reset.
 */
#include "base/civil.h"
#include "expr/program.h"

struct kept_error {
    kept_error *next;
    size_t size;
    value_error error;
    char text[];
};

enum { FIRST_REGISTERS = 256, KEPT_ERRORS = 64 };

evaluation *evaluation_new(const policy_options *options)
{
    const policy_allocator *a = &options->allocator;
    evaluation *ev = allocator_zero(a, 1, sizeof *ev);
    if (!ev) {
        return NULL;
    }
    ev->options = *options;
    ev->allocator = &ev->options.allocator;
    uint64_t bytes = options_limit(options, POLICY_LIMIT_EVALUATION_BYTES);
    arena_init(&ev->scratch, ev->allocator, bytes < UINT32_MAX ? (size_t)bytes : UINT32_MAX);
    ev->step_budget = options_limit(options, POLICY_LIMIT_EVALUATION_STEPS);
    ev->step_limit = ev->step_budget;
    ev->nesting_limit = (uint32_t)options_limit(options, POLICY_LIMIT_EXPRESSION_DEPTH);
    return ev;
}

static void free_errors(evaluation *ev)
{
    while (ev->errors) {
        kept_error *next = ev->errors->next;
        allocator_free(ev->allocator, ev->errors);
        ev->errors = next;
    }
    ev->error_count = 0;
}

void evaluation_free(evaluation *ev)
{
    if (!ev) {
        return;
    }
    free_errors(ev);
    register_chunk *chunk = ev->chunk;
    while (chunk && chunk->after) {
        chunk = chunk->after;
    }
    while (chunk) {
        register_chunk *before = chunk->before;
        allocator_free(ev->allocator, chunk);
        chunk = before;
    }
    arena_free(&ev->scratch);
    policy_allocator allocator = ev->options.allocator;
    allocator_free(&allocator, ev);
}

void evaluation_reset(evaluation *ev)
{
    arena_reset(&ev->scratch);
    free_errors(ev);
    ev->fresh = NULL;
    ev->steps = 0;
    ev->step_limit = ev->step_budget;
}

arena *evaluation_scratch(evaluation *ev)
{
    return &ev->scratch;
}

uint64_t evaluation_steps(const evaluation *ev)
{
    return ev->steps;
}

void evaluation_set_host(evaluation *ev, void *host)
{
    ev->host = host;
}

void *evaluation_host(const evaluation *ev)
{
    return ev->host;
}

void *evaluation_prepared(const evaluation *ev)
{
    return (void *)ev->prepared;
}

const policy_options *evaluation_options(const evaluation *ev)
{
    return &ev->options;
}

const policy_allocator *evaluation_allocator(const evaluation *ev)
{
    return ev->allocator;
}

bool evaluation_over(const evaluation *ev)
{
    return ev->steps > ev->step_limit;
}

bool evaluation_charge(evaluation *ev, uint64_t steps)
{
    ev->steps = steps > UINT64_MAX - ev->steps ? UINT64_MAX : ev->steps + steps;
    return !evaluation_over(ev);
}

/* ---- registers ---- */

value *evaluation_registers(evaluation *ev, size_t count)
{
    register_chunk *chunk = ev->chunk;
    if (chunk && chunk->capacity - chunk->used >= count) {
        value *registers = chunk->registers + chunk->used;
        chunk->used += count;
        return registers;
    }
    while (chunk && chunk->after) {
        chunk = chunk->after;
        ev->chunk = chunk;
        if (chunk->capacity >= count) {
            chunk->used = count;
            return chunk->registers;
        }
    }
    size_t capacity = count > FIRST_REGISTERS ? count : FIRST_REGISTERS;
    register_chunk *made = allocator_new(ev->allocator, sizeof *made + capacity * sizeof(value));
    if (!made) {
        return NULL;
    }
    *made = (register_chunk){.before = chunk, .used = count, .capacity = capacity};
    if (chunk) {
        chunk->after = made;
    }
    ev->chunk = made;
    return made->registers;
}

/* Chunks that were skipped as too small are empty, so going back over them is right. */
void evaluation_give_back(evaluation *ev, value *registers, size_t count)
{
    register_chunk *chunk = ev->chunk;
    while (registers != chunk->registers + chunk->used - count) {
        chunk = chunk->before;
    }
    chunk->used -= count;
    ev->chunk = chunk;
    while (ev->chunk->used == 0 && ev->chunk->before) {
        ev->chunk = ev->chunk->before;
    }
}

/* ---- errors ---- */

static const value_error no_memory = {.status = POLICY_E_NOMEM,
                                      .text_en = STR_INIT("out of memory"),
                                      .text_zh = STR_INIT("内存不足"),
                                      .offset = UINT32_MAX};
static const value_error over_budget = {.status = POLICY_E_LIMIT,
                                        .text_en = STR_INIT("the evaluation is over its budget"),
                                        .text_zh = STR_INIT("求值超出上限"),
                                        .offset = UINT32_MAX};

static value error_value(const value_error *e)
{
    return (value){.kind = VALUE_ERROR, .as.error = e};
}

/* Both languages into one buffer: zh begins at *split. */
static void write_both(evaluation *ev, buffer *b, message_id message, const str *arguments, size_t count, size_t *split)
{
    buffer_init(b, ev->allocator, 1 << 20);
    message_write(b, message, POLICY_LANGUAGE_EN, arguments, count);
    *split = b->size;
    message_write(b, message, POLICY_LANGUAGE_ZH, arguments, count);
}

value value_fail(evaluation *ev, policy_status status, message_id message, const str *arguments, size_t count)
{
    buffer b;
    size_t split;
    write_both(ev, &b, message, arguments, count, &split);
    if (b.failed && !b.full) {
        buffer_free(&b);
        return evaluation_out_of_memory();
    }
    value_error *error = b.failed ? NULL : arena_new(&ev->scratch, sizeof *error);
    str text = error ? arena_text(&ev->scratch, buffer_text(&b)) : str_none;
    buffer_free(&b);
    if (!text.data) {
        return evaluation_exhausted(ev);
    }
    error->status = status;
    error->text_en = (str){text.data, split};
    error->text_zh = (str){text.data + split, text.size - split};
    error->offset = UINT32_MAX;
    ev->fresh = error;
    return error_value(error);
}

value fail(evaluation *ev, message_id message)
{
    return value_fail(ev, POLICY_E_EVALUATE, message, NULL, 0);
}

value fail_text(evaluation *ev, message_id message, str argument)
{
    return value_fail(ev, POLICY_E_EVALUATE, message, &argument, 1);
}

/* "the expression of RULE": what went over. In both languages, so the message is made twice. */
static void write_over(evaluation *ev, buffer *b, message_id message, uint64_t limit, size_t *split)
{
    str rule = ev->running ? ev->running->source.rule : str_none;
    buffer name, number;
    buffer_init(&number, ev->allocator, 64);
    buffer_put_uint(&number, limit);
    buffer_init(b, ev->allocator, 1 << 20);
    for (policy_language language = POLICY_LANGUAGE_EN;; language = POLICY_LANGUAGE_ZH) {
        buffer_init(&name, ev->allocator, 1 << 16);
        message_write(&name, rule.size ? MESSAGE_EXPR_OF_RULE : MESSAGE_EXPR_THIS, language, &rule, rule.size != 0);
        str arguments[] = {buffer_text(&name), buffer_text(&number)};
        message_write(b, message, language, arguments, 2);
        b->failed = b->failed || name.failed || number.failed;
        buffer_free(&name);
        if (language == POLICY_LANGUAGE_ZH) {
            break;
        }
        *split = b->size;
    }
    buffer_free(&number);
}

/* An error over a budget, in memory of its own. */
static value over(evaluation *ev, message_id message, uint64_t limit)
{
    buffer b;
    size_t split = 0;
    if (ev->error_count >= KEPT_ERRORS) {
        return error_value(&over_budget);
    }
    write_over(ev, &b, message, limit, &split);
    kept_error *kept = b.failed ? NULL : allocator_new(ev->allocator, sizeof *kept + b.size);
    if (!kept) {
        buffer_free(&b);
        return error_value(&no_memory);
    }
    memcpy(kept->text, b.data, b.size);
    kept->error = (value_error){POLICY_E_LIMIT, {kept->text, split}, {kept->text + split, b.size - split}, UINT32_MAX};
    kept->next = ev->errors;
    ev->errors = kept;
    ev->error_count++;
    ev->fresh = &kept->error;
    buffer_free(&b);
    return error_value(&kept->error);
}

value evaluation_out_of_memory(void)
{
    return error_value(&no_memory);
}

value evaluation_exhausted(evaluation *ev)
{
    if (evaluation_over(ev)) {
        return over(ev, MESSAGE_EXPR_OVER_STEPS, ev->step_budget);
    }
    if (ev->nesting > ev->nesting_limit) {
        return over(ev, MESSAGE_EXPR_OVER_NESTING, ev->nesting_limit);
    }
    if (ev->scratch.full) {
        return over(ev, MESSAGE_EXPR_OVER_BYTES, ev->scratch.ceiling);
    }
    if (ev->scratch.failed) {
        return error_value(&no_memory);
    }
    /* Not the arena: a text with a ceiling of its own, or memory. Told apart by asking for a little. */
    void *probe = allocator_new(ev->allocator, 64);
    if (!probe) {
        return error_value(&no_memory);
    }
    allocator_free(ev->allocator, probe);
    return over(ev, MESSAGE_EXPR_OVER_BYTES, ev->scratch.ceiling);
}

/* ---- results of functions ---- */

value evaluation_text(evaluation *ev, buffer *b)
{
    bool nomem = b->failed && !b->full;
    str text = b->failed ? str_none : arena_text(&ev->scratch, buffer_text(b));
    buffer_free(b);
    if (nomem) {
        return evaluation_out_of_memory();
    }
    return text.data && text.size <= UINT32_MAX ? value_string(text) : evaluation_exhausted(ev);
}

enum { NANO = 1000000000 };

/* Carry, and give both parts the same sign. False on overflow. */
static bool normalise(int64_t *seconds, int64_t *nanoseconds)
{
    int64_t carry = *nanoseconds / NANO;
    *nanoseconds %= NANO;
    if ((carry > 0 && *seconds > INT64_MAX - carry) || (carry < 0 && *seconds < INT64_MIN - carry)) {
        return false;
    }
    *seconds += carry;
    if (*seconds > 0 && *nanoseconds < 0) {
        --*seconds;
        *nanoseconds += NANO;
    } else if (*seconds < 0 && *nanoseconds > 0) {
        ++*seconds;
        *nanoseconds -= NANO;
    }
    return true;
}

static value timed(value_kind kind, int64_t seconds, int64_t nanoseconds)
{
    return (value){.kind = (uint8_t)kind, .size = (uint32_t)(int32_t)nanoseconds, .as.i = seconds};
}

value evaluation_timestamp(evaluation *ev, int64_t seconds, int64_t nanoseconds)
{
    if (!normalise(&seconds, &nanoseconds) || seconds < TIMESTAMP_MIN_SECONDS || seconds > TIMESTAMP_MAX_SECONDS ||
        (seconds == TIMESTAMP_MIN_SECONDS && nanoseconds < 0)) {
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    }
    return timed(VALUE_TIMESTAMP, seconds, nanoseconds);
}

value evaluation_duration(evaluation *ev, int64_t seconds, int64_t nanoseconds)
{
    if (!normalise(&seconds, &nanoseconds) || seconds > DURATION_MAX_SECONDS || seconds < -DURATION_MAX_SECONDS) {
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    }
    return timed(VALUE_DURATION, seconds, nanoseconds);
}

value evaluation_date(evaluation *ev, int64_t days)
{
    if (days < CIVIL_MIN || days > CIVIL_MAX) {
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    }
    return value_date((int32_t)days);
}

const type *type_of_value(value v)
{
    switch (v.kind) {
    case VALUE_NULL:
        return &type_null;
    case VALUE_BOOL:
        return &type_bool;
    case VALUE_INT:
        return &type_int;
    case VALUE_UINT:
        return &type_uint;
    case VALUE_DOUBLE:
        return &type_double;
    case VALUE_STRING:
        return &type_string;
    case VALUE_BYTES:
        return &type_bytes;
    case VALUE_LIST:
        return &type_list_dyn;
    case VALUE_MAP:
        return &type_map_a_b;
    case VALUE_TYPE:
        return &type_type;
    case VALUE_TIMESTAMP:
        return &type_timestamp;
    case VALUE_DURATION:
        return &type_duration;
    case VALUE_DATE:
        return &type_date;
    default:
        return &type_dyn;
    }
}
