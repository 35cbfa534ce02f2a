/*
 * The Lua sandbox; see sandbox.h.
 *
 * The kill: `killed` is set once and the hook armed to fire at every instruction, raising until the outermost protected
 * call is reached; our own pcall raises again on its way out. The memory cap counts refusals: one that survives Lua's
 * emergency collection (the same request refused twice running), or the third that is not granted after it, kills, so a
 * script cannot live at the cap by catching errors. Memory is work too: large blocks and emergency collections are
 * charged for, since one instruction may cause them.
 *
 * Who was killed gets less: each kill halves the budgets of later calls (down to a floor), so that a script with a hundred
 * endless rules costs as much as one with two, while a sound rule beside them still has more than it needs.
 */
#include "script/sandbox.h"

#include <lauxlib.h>

#include "base/allocator.h"

#include "base/number.h"
#include "base/platform.h"
#include "script/length.h"

#define HOOK_PERIOD    256
#define STRING_CEILING ((size_t)1 << 20)
#define REFUSALS_MAX   3
#define LARGE_BLOCK    512 /* from here on a block costs steps by its size */
#define STRIKES_MAX    8
#define STEPS_FLOOR    50000
#define TIME_FLOOR     UINT64_C(10000000) /* ns */
#define SLACK_NS       UINT64_C(5000000)  /* of one call that its steps need not explain */
#define STEP_NS        100                /* a step takes less than this anywhere */

struct sandbox {
    policy_options options;
    policy_allocator counted; /* sandbox_allocator */
    lua_State *lua;
    platform_locale *locale;
    void *host;
    uint64_t memory, memory_cap;
    uint64_t budget, steps; /* of one call; spent so far */
    uint64_t deadline;      /* monotonic ns; 0 until the call first spends: short calls never ask the clock */
    uint64_t began, used;   /* then: monotonic ns and the thread's computing time */
    uint64_t stalled;       /* ns of earlier calls that their steps do not explain */
    sandbox_failure *why;   /* of the call that runs, for its message handler */
    sandbox_end killed;
    bool closing;    /* free at any price */
    bool host_nomem; /* the host's allocator refused, not the cap */
    int refusals;
    size_t refused_size;
    int depth;            /* of sandbox_call and sandbox_protect */
    int strikes;          /* kills so far */
    uint64_t resting;     /* memory in use when nothing ran: after the last full collection */
    sandbox_failure here; /* where the script was when it was killed */
};

sandbox *sandbox_of(lua_State *lua)
{
    return *(sandbox **)lua_getextraspace(lua);
}

lua_State *sandbox_lua(sandbox *box)
{
    return box->lua;
}

const policy_options *sandbox_options(const sandbox *box)
{
    return &box->options;
}

void *sandbox_host(const sandbox *box)
{
    return box->host;
}

void sandbox_set_host(sandbox *box, void *host)
{
    box->host = host;
}

uint64_t sandbox_memory(const sandbox *box)
{
    return box->memory;
}

uint64_t sandbox_steps(const sandbox *box)
{
    return box->steps;
}

/* ---- where the script is ---- */

size_t sandbox_keep_text(char *into, size_t room, str text)
{
    size_t at = 0, size = 0;
    while (at < text.size) {
        uint32_t c = utf8_next(text, &at);
        char bytes[4];
        if (c == UTF8_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0))
            c = c == '\n' || c == '\t' ? ' ' : '?';
        size_t n = utf8_put(bytes, c);
        if (size + n + 1 > room)
            break;
        memcpy(into + size, bytes, n);
        size += n;
    }
    into[size] = '\0';
    return size;
}

/* The lines of the script that are being run, innermost first: "local.lua:12 < local.lua:3". Allocates nothing. */
static void note_lines(lua_State *lua, sandbox_failure *why)
{
    size_t size = 0;
    int levels = 0;
    why->trace[0] = '\0';
    for (int level = 0; level < 200 && levels < SANDBOX_TRACE_LEVELS; level++) {
        lua_Debug info;
        if (!lua_getstack(lua, level, &info) || !lua_getinfo(lua, "Sl", &info))
            break;
        if (info.currentline <= 0)
            continue;
        str file = str_of(info.short_src);
        char number[NUMBER_TEXT];
        size_t digits = number_write_int(number, info.currentline);
        if (size + file.size + digits + 8 > sizeof why->trace)
            break;
        if (levels++ == 0 && why->line == 0) {
            sandbox_keep_text(why->file, sizeof why->file, file);
            why->line = (uint32_t)info.currentline;
        } else if (levels > 1) {
            memcpy(why->trace + size, " < ", 3);
            size += 3;
        }
        memcpy(why->trace + size, file.data, file.size);
        size += file.size;
        why->trace[size++] = ':';
        memcpy(why->trace + size, number, digits);
        size += digits;
        why->trace[size] = '\0';
    }
}

/* ---- budgets ---- */

static void hook(lua_State *lua, lua_Debug *where);

static void kill_call(sandbox *box, sandbox_end end)
{
    if (!box->lua)
        return;
    if (!box->killed) {
        box->killed = end;
        box->here = (sandbox_failure){0};
        note_lines(box->lua, &box->here);
    }
    lua_sethook(box->lua, hook, LUA_MASKCOUNT, 1);
}

void sandbox_rethrow(lua_State *lua)
{
    if (!sandbox_of(lua)->killed)
        return;
    lua_settop(lua, 0);
    lua_pushlightuserdata(lua, sandbox_of(lua)); /* no allocation: also works when memory is what ran out */
    lua_error(lua);
}

static uint64_t halved(uint64_t budget, int times, uint64_t floor)
{
    uint64_t left = budget >> times;
    return left >= floor || times == 0 ? left : budget < floor ? budget : floor;
}

static uint64_t time_limit(const sandbox *box)
{
    return options_limit(&box->options, POLICY_LIMIT_SCRIPT_MILLISECONDS) * UINT64_C(1000000);
}

/* Computing time of this call that its steps do not explain: single instructions that took long (all keys of a table in one
 * chain). The clock of computing time is slow to ask: only when the other one gives reason to. */
static uint64_t stall(const sandbox *box, uint64_t now)
{
    uint64_t explained = box->steps * STEP_NS + SLACK_NS;
    if (now - box->began <= explained)
        return 0;
    uint64_t used = platform_thread_cpu_ns() - box->used;
    return used > explained ? used - explained : 0;
}

/* The clock starts at the first look, which comes with the first 256 instructions or before the first work that is
 * charged: what went before is short. Stalls add up over all calls: a row rule is called for every row. */
static bool is_late(sandbox *box)
{
    uint64_t now = platform_monotonic_ns();
    if (box->deadline == 0) {
        box->deadline = now + halved(time_limit(box), box->strikes, TIME_FLOOR);
        box->began = now;
        box->used = platform_thread_cpu_ns();
    }
    uint64_t here = stall(box, now);
    return now > box->deadline || (here > 0 && box->stalled + here > time_limit(box));
}

static void spend(lua_State *lua, uint64_t cost)
{
    sandbox *box = sandbox_of(lua);
    box->steps += cost;
    if (!box->killed && box->depth > 0) {
        if (box->steps > box->budget)
            kill_call(box, SANDBOX_KILLED_STEPS);
        else if (is_late(box))
            kill_call(box, SANDBOX_KILLED_TIME);
    }
    sandbox_rethrow(lua);
}

static void hook(lua_State *lua, lua_Debug *where)
{
    (void)where;
    spend(lua, HOOK_PERIOD);
}

void sandbox_charge(lua_State *lua, uint64_t cost)
{
    spend(lua, cost);
}

void sandbox_make_room(lua_State *lua, size_t size)
{
    sandbox *box = sandbox_of(lua);
    if (size < box->memory_cap / 16 || box->memory + size <= box->memory_cap)
        return;
    sandbox_charge(lua, box->memory / 16);
    lua_gc(lua, LUA_GCCOLLECT);
}

static bool over_cap(sandbox *box, size_t old_size, size_t new_size)
{
    return new_size > old_size &&
           (new_size > STRING_CEILING + 4096 || box->memory - old_size + new_size > box->memory_cap);
}

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    sandbox *box = context;
    if (!block)
        old_size = 0; /* Lua passes a type tag there */
    if (new_size == 0) {
        allocator_free(&box->options.allocator, block);
        box->memory -= old_size;
        return NULL;
    }
    bool refused = !box->closing && over_cap(box, old_size, new_size);
    void *got = NULL;
    if (new_size >= LARGE_BLOCK)
        box->steps += new_size / 32; /* the next hook or charge looks at it */
    if (!refused) {
        got = block ? allocator_resize(&box->options.allocator, block, old_size, new_size)
                    : allocator_new(&box->options.allocator, new_size);
        if (!got && new_size <= old_size)
            return block; /* Lua relies on shrinking never failing */
        box->host_nomem = box->host_nomem || !got;
    }
    if (!got) {
        bool survives = box->refused_size == new_size;
        box->refused_size = new_size;
        box->steps += box->memory / 16; /* Lua looks at all it has before it asks again */
        if (box->depth > 0 && (survives || ++box->refusals >= REFUSALS_MAX))
            kill_call(box, SANDBOX_KILLED_MEMORY);
        return NULL;
    }
    if (box->refused_size == new_size) { /* there was enough, only not yet collected */
        box->refusals -= box->refusals > 0;
        box->host_nomem = false;
    }
    box->refused_size = 0;
    box->memory += new_size - old_size;
    return got;
}

/* C data: a header keeps each block's size. */
#define COUNTED_HEADER 16

static void *counted_resize(void *context, void *memory, size_t old_size, size_t new_size)
{
    (void)old_size;
    char *block = memory ? (char *)memory - COUNTED_HEADER : NULL;
    size_t before = 0;
    if (block)
        memcpy(&before, block, sizeof before);
    if (new_size > SIZE_MAX - COUNTED_HEADER)
        return NULL;
    size_t after = new_size + COUNTED_HEADER;
    char *got = allocate(context, block, before, after);
    if (!got)
        return NULL;
    memcpy(got, &after, sizeof after);
    return got + COUNTED_HEADER;
}

static void *counted_allocate(void *context, size_t size)
{
    return counted_resize(context, NULL, 0, size);
}

static void counted_release(void *context, void *memory)
{
    if (!memory)
        return;
    char *block = (char *)memory - COUNTED_HEADER;
    size_t size;
    memcpy(&size, block, sizeof size);
    allocate(context, block, size, 0);
}

const policy_allocator *sandbox_allocator(sandbox *box)
{
    return &box->counted;
}

/* ---- failures ---- */

/* "file:12: sentence" as Lua writes it: the place goes to its own fields. The file's name may hold colons. */
static void split_place(sandbox_failure *why, str text)
{
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.data[i] != ':')
            continue;
        size_t digits = i + 1;
        while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
            digits++;
        int64_t line;
        if (digits == i + 1 || digits >= text.size || text.data[digits] != ':' || i == 0 ||
            !number_read_int(str_slice(text, i + 1, digits), &line) || line > UINT32_MAX)
            continue;
        sandbox_keep_text(why->file, sizeof why->file, str_slice(text, 0, i));
        why->line = (uint32_t)line;
        size_t rest = digits + 1;
        if (rest < text.size && text.data[rest] == ' ')
            rest++;
        sandbox_keep_text(why->message, sizeof why->message, str_slice(text, rest, text.size));
        return;
    }
    sandbox_keep_text(why->message, sizeof why->message, text);
}

/* Lua's message handler: the stack is still there. */
static int note_trace(lua_State *lua)
{
    note_lines(lua, sandbox_of(lua)->why);
    return 1;
}

static void take_place(const sandbox *box, sandbox_failure *why)
{
    if (box->here.line > 0) {
        memcpy(why->file, box->here.file, sizeof why->file);
        memcpy(why->trace, box->here.trace, sizeof why->trace);
        why->line = box->here.line;
    }
}

static void describe_end(sandbox *box, int status, sandbox_failure *why)
{
    lua_State *lua = box->lua;
    if (box->host_nomem) {
        why->end = SANDBOX_NOMEM;
        return;
    }
    if (box->killed || status == LUA_ERRMEM) {
        why->end = box->killed ? box->killed : SANDBOX_KILLED_MEMORY;
        take_place(box, why);
        return;
    }
    why->end = status == LUA_ERRSYNTAX ? SANDBOX_SYNTAX : SANDBOX_FAILED;
    if (lua_type(lua, -1) == LUA_TSTRING) {
        size_t size;
        const char *text = lua_tolstring(lua, -1, &size);
        char file[sizeof why->file];
        uint32_t line = why->line;
        memcpy(file, why->file, sizeof file);
        split_place(why, (str){text, size});
        if (why->line == 0) {
            why->line = line;
            memcpy(why->file, file, sizeof file);
        }
    } else {
        sandbox_keep_text(why->message, sizeof why->message, str_of(lua_typename(lua, lua_type(lua, -1))));
    }
}

/* ---- calls ---- */

typedef struct entry_state {
    void *locale;
    bool outermost;
} entry_state;

static entry_state enter(sandbox *box)
{
    entry_state e = {.locale = platform_locale_enter(box->locale), .outermost = box->depth == 0};
    if (e.outermost) {
        box->steps = 0;
        box->killed = SANDBOX_FINE;
        box->host_nomem = false;
        box->refusals = 0;
        box->refused_size = 0;
        box->budget = halved(options_limit(&box->options, POLICY_LIMIT_SCRIPT_STEPS), box->strikes, STEPS_FLOOR);
        box->deadline = 0;
        lua_sethook(box->lua, hook, LUA_MASKCOUNT, HOOK_PERIOD);
    }
    box->depth++;
    return e;
}

static void leave(sandbox *box, entry_state e)
{
    box->depth--;
    if (e.outermost) {
        if (box->deadline != 0)
            box->stalled += stall(box, platform_monotonic_ns());
        bool was_killed = box->killed != SANDBOX_FINE;
        box->killed = SANDBOX_FINE;
        lua_sethook(box->lua, NULL, 0, 0);
        if (was_killed && box->strikes < STRIKES_MAX)
            box->strikes++;
        /* The next call must not find what this one left behind. Finalizers are ours alone: no script code runs here. */
        if (was_killed || box->memory > box->resting + box->memory_cap / 8) {
            lua_gc(box->lua, LUA_GCCOLLECT);
            box->resting = box->memory;
        }
    }
    platform_locale_leave(e.locale);
}

sandbox_end sandbox_call(sandbox *box, int arguments, int results, sandbox_failure *why)
{
    lua_State *lua = box->lua;
    why->end = SANDBOX_FINE;
    why->line = 0;
    why->message[0] = why->file[0] = why->trace[0] = '\0';
    sandbox_failure *outer = box->why;
    entry_state e = enter(box);
    int base = lua_gettop(lua) - arguments - 1;
    int status;
    box->why = why;
    if (!lua_checkstack(lua, 8)) {
        lua_settop(lua, base);
        status = LUA_ERRMEM;
    } else {
        lua_pushcfunction(lua, note_trace); /* below the function; without upvalues it needs no memory */
        lua_insert(lua, base + 1);
        status = lua_pcall(lua, arguments, results, base + 1);
    }
    if (status == LUA_OK && box->killed)
        status = LUA_ERRRUN;
    if (box->host_nomem) /* whatever the script made of it: what it answered may be wrong */
        status = LUA_ERRMEM;
    if (status == LUA_OK && box->deadline != 0 && is_late(box)) {
        box->killed = SANDBOX_KILLED_TIME;
        status = LUA_ERRRUN;
    }
    if (status != LUA_OK) {
        describe_end(box, status, why);
        lua_settop(lua, base);
    } else {
        lua_remove(lua, base + 1);
    }
    box->why = outer;
    leave(box, e);
    return why->end;
}

sandbox_end sandbox_protect(sandbox *box, lua_CFunction code, void *argument, sandbox_failure *why)
{
    lua_pushcfunction(box->lua, code);
    lua_pushlightuserdata(box->lua, argument);
    return sandbox_call(box, 1, 0, why);
}

/* ---- opening and loading ---- */

/* Every C function of the table on top may be kept by a script. */
static void allow_functions(lua_State *lua)
{
    lua_pushnil(lua);
    while (lua_next(lua, -2)) {
        if (lua_iscfunction(lua, -1))
            sandbox_allow(lua);
        lua_pop(lua, 1);
    }
}

static int open_environment(lua_State *lua)
{
    lua_newtable(lua);
    library_base_open(lua);
    allow_functions(lua);
    static const struct {
        const char *name;
        void (*open)(lua_State *);
    } libraries[] = {{"string", library_string_open},
                     {"table", library_table_open},
                     {"math", library_math_open},
                     {"utf8", library_utf8_open}};
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_newtable(lua);
        libraries[i].open(lua);
        allow_functions(lua);
        lua_setfield(lua, -2, libraries[i].name);
    }
    return 1;
}

/* Strings answer ("x"):upper() through a metatable of their own, which a script can neither see nor change. */
static int open_state(lua_State *lua)
{
    lua_pushliteral(lua, "");
    lua_newtable(lua);
    lua_newtable(lua);
    library_string_open(lua);
    allow_functions(lua);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    return 0;
}

static int panic(lua_State *lua)
{
    (void)lua;
    return 0; /* not reached: every entry is protected */
}

sandbox *sandbox_new(const policy_options *options)
{
    sandbox *box = allocator_zero(&options->allocator, 1, sizeof *box);
    if (!box)
        return NULL;
    box->options = *options;
    box->memory_cap = options_limit(options, POLICY_LIMIT_SCRIPT_BYTES);
    box->counted = (policy_allocator){sizeof box->counted, box, counted_allocate, counted_resize, counted_release};
    sandbox_failure why;
    if (platform_locale_new(&box->options.allocator, &box->locale) == POLICY_OK)
        box->lua = lua_newstate(allocate, box);
    if (box->lua) {
        *(sandbox **)lua_getextraspace(box->lua) = box;
        lua_atpanic(box->lua, panic);
        if (sandbox_protect(box, open_state, NULL, &why) == SANDBOX_FINE)
            return box;
    }
    sandbox_free(box);
    return NULL;
}

void sandbox_free(sandbox *box)
{
    if (!box)
        return;
    box->closing = true;
    if (box->lua)
        lua_close(box->lua);
    platform_locale_free(box->locale);
    policy_allocator allocator = box->options.allocator;
    allocator_free(&allocator, box);
}

typedef struct load_request_lua {
    str file, text;
    void (*open)(lua_State *lua);
    int reference;
    bool syntax;
} load_request_lua;

typedef struct load_reader {
    str text;
    bool given;
} load_reader;

static const char *read_text(lua_State *lua, void *context, size_t *size)
{
    (void)lua;
    load_reader *reader = context;
    if (reader->given) {
        *size = 0;
        return NULL;
    }
    reader->given = true;
    *size = reader->text.size;
    return reader->text.data;
}

/* The chunk of a script, with what length_rewrite has promised it. */
static int run_chunk(lua_State *lua)
{
    lua_settop(lua, 0);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_pushcfunction(lua, length_function);
    sandbox_allow(lua);
    lua_call(lua, 1, LUA_MULTRET);
    return lua_gettop(lua);
}

static int load_text(lua_State *lua)
{
    load_request_lua *request = lua_touserdata(lua, 1);
    luaL_checkstack(lua, 10, NULL);
    lua_pushliteral(lua, "@");
    lua_pushlstring(lua, request->file.data ? request->file.data : "script",
                    request->file.data ? request->file.size : 6);
    lua_concat(lua, 2);
    load_reader reader = {.text = request->text};
    int status = lua_load(lua, read_text, &reader, lua_tostring(lua, -1), "t");
    if (status != LUA_OK) {
        request->syntax = status == LUA_ERRSYNTAX;
        return lua_error(lua);
    }
    open_environment(lua);
    if (request->open)
        request->open(lua);
    lua_setupvalue(lua, -2, 1);
    lua_pushcclosure(lua, run_chunk, 1);
    request->reference = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

sandbox_end sandbox_load(sandbox *box, str file, str text, void (*open)(lua_State *lua), sandbox_failure *why)
{
    buffer rewritten;
    buffer_init(&rewritten, &box->options.allocator, 0);
    length_rewrite(text, &rewritten);
    load_request_lua request = {.file = file, .text = buffer_text(&rewritten), .open = open};
    sandbox_end end = rewritten.failed ? SANDBOX_NOMEM : sandbox_protect(box, load_text, &request, why);
    if (rewritten.failed)
        *why = (sandbox_failure){.end = end};
    buffer_free(&rewritten);
    if (end == SANDBOX_FAILED && request.syntax)
        why->end = end = SANDBOX_SYNTAX;
    if (end != SANDBOX_FINE)
        return end;
    lua_rawgeti(box->lua, LUA_REGISTRYINDEX, request.reference);
    luaL_unref(box->lua, LUA_REGISTRYINDEX, request.reference);
    return SANDBOX_FINE;
}
