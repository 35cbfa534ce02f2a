/* The sandbox: what scripts may do, what they may not, and that a kill cannot be caught. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/platform.h"
#include "script/sandbox.h"
#include "support/failing_allocator.h"

static policy_options defaults(void)
{
    policy_options options;
    cr_assert(options_init(&options, NULL));
    options.limits[POLICY_LIMIT_SCRIPT_MILLISECONDS] =
        20000; /* budgets are counted here: a busy machine changes nothing */
    return options;
}

/* Run a script that returns one value; its text, or what went wrong, in a static buffer. */
static const char *run(const char *text, sandbox_failure *why)
{
    static char answer[4096];
    policy_options options = defaults();
    sandbox *box = sandbox_new(&options);
    cr_assert_not_null(box);
    snprintf(answer, sizeof answer, "?");
    if (sandbox_load(box, STR("test.lua"), str_of(text), NULL, why) == SANDBOX_FINE &&
        sandbox_call(box, 0, 1, why) == SANDBOX_FINE) {
        lua_State *lua = sandbox_lua(box);
        if (lua_isboolean(lua, -1))
            snprintf(answer, sizeof answer, "%s", lua_toboolean(lua, -1) ? "true" : "false");
        else
            snprintf(answer, sizeof answer, "%s",
                     lua_tostring(lua, -1) ? lua_tostring(lua, -1) : lua_typename(lua, lua_type(lua, -1)));
    }
    uint64_t begun = platform_monotonic_ns();
    sandbox_free(box);
    cr_expect_lt(platform_monotonic_ns() - begun, UINT64_C(2000000000), "closing takes long");
    return answer;
}

static void expect(const char *text, const char *answer)
{
    sandbox_failure why;
    const char *got = run(text, &why);
    cr_expect_str_eq(got, answer, "%s: got %s (%d: %s)", text, got, why.end, why.message);
}

static void expect_end(const char *text, sandbox_end end)
{
    sandbox_failure why;
    const char *got = run(text, &why);
    cr_expect_eq(why.end, end, "%s: ended %d, not %d (%s; %s)", text, why.end, end, why.message, got);
}

static void expect_failure(const char *text, const char *part)
{
    sandbox_failure why;
    run(text, &why);
    cr_expect_eq(why.end, SANDBOX_FAILED, "%s: ended %d", text, why.end);
    cr_expect_not_null(strstr(why.message, part), "%s: said %s", text, why.message);
    cr_expect_str_eq(why.file, "test.lua");
}

Test(sandbox, runs_ordinary_lua)
{
    expect("local s = 0 for i = 1, 10 do s = s + i end return s", "55");
    expect("return ('%d/%s'):format(3, 'x')", "3/x");
    expect("local t = {3, 1, 2} table.sort(t) return table.concat(t, ',')", "1,2,3");
    expect("local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t, ',')", "3,2,1");
    expect("local t = {1, 2, 3} table.insert(t, 2, 9) table.remove(t, 1) return table.concat(t, ',')", "9,2,3");
    expect("return select('#', table.unpack({1, 2, 3}))", "3");
    expect("return math.floor(3.7) + math.max(1, 2)", "5");
    expect("return tostring(1.5) .. tostring(nil) .. tostring(true)", "1.5niltrue");
    expect("return utf8.len('三年级2班')", "5");
    expect("return utf8.sub('三年级2班', 1, 3)", "三年级");
    expect("local out = {} for _, c in utf8.codes('年A') do out[#out + 1] = c end return table.concat(out, ' ')",
           "24180 65");
    expect("return (pcall(error, 'x'))", "false");
    expect("return select(2, pcall(error, 'x'))", "x");
}

Test(sandbox, patterns_are_luas)
{
    expect("return ('2021-11-19'):match('(%d+)-(%d+)')", "2021");
    expect("return (string.gsub('a b c', '%s', '_'))", "a_b_c");
    expect("return (string.gsub('hello', 'l+', '<%0>'))", "he<ll>o");
    expect("return (string.gsub('ab', '(a)(b)', '%2%1'))", "ba");
    expect("return (string.gsub('abc', '', '-'))", "-a-b-c-");
    expect("return (string.gsub('$x', '%$(%a)', {x = 'y'}))", "y");
    expect("return string.find('第3单元测验', '单元')", "5");
    expect("return ('抄写5遍'):match('抄写(%d+)遍')", "5");
    expect("local n = 0 for w in ('a,b,,c'):gmatch('[^,]+') do n = n + 1 end return n", "3");
    expect("return ('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key");
    expect("return ('xyx'):find('x', 2)", "3");
    expect("return ('a.b'):find('.', 1, true)", "2");
    expect("return ('abc'):match('()b()')", "2");
    expect("return ('[x]'):match('%[(.-)%]')", "x");
    expect("return tostring(('abc'):match('^b'))", "nil");
    expect("return ('小学'):match('^.')", "小");
    expect_failure("return ('(a)'):match('%b()')", "not offered");
    expect_failure("return ('a'):match('(')", "unfinished capture");
}

Test(sandbox, offers_only_the_white_list)
{
    expect("return tostring(load) .. tostring(dofile) .. tostring(require) .. tostring(io) .. tostring(os)",
           "nilnilnilnilnil");
    expect("return tostring(debug) .. tostring(coroutine) .. tostring(setmetatable) .. tostring(getmetatable)",
           "nilnilnilnil");
    expect(
        "return tostring(rawset) .. tostring(rawget) .. tostring(next) .. tostring(collectgarbage) .. tostring(print)",
        "nilnilnilnilnil");
    expect("return tostring(string.dump) .. tostring(('').dump) .. tostring(math.random) .. tostring(_G)",
           "nilnilnilnil");
    expect("return tostring({}) .. tostring(print or pairs)", "tablefunction");
    expect_failure("return string.format('%p', {})", "not offered");
    expect("return (string.format('%s', {}))", "table");
}

Test(sandbox, pairs_goes_in_one_order)
{
    expect("local out = {} for k in pairs({z = 1, a = 2, [2] = 3, [1] = 4, m = 5}) do out[#out + 1] = tostring(k) end "
           "return table.concat(out, ' ')",
           "1 2 a m z");
    expect_failure("for k in pairs({[{}] = 1}) do end", "keys must be");
}

Test(sandbox, endless_scripts_are_killed)
{
    expect_end("while true do end", SANDBOX_KILLED_STEPS);
    expect_end("while true do pcall(function() while true do end end) end", SANDBOX_KILLED_STEPS);
    expect_end("local function f() return pcall(f) end f() while true do pcall(f) end", SANDBOX_KILLED_STEPS);
    expect_end("local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() while true do end end)",
               SANDBOX_KILLED_STEPS);
    expect_end("string.gsub(('x'):rep(100), 'x', function() while true do end end)", SANDBOX_KILLED_STEPS);
    expect_end("table.move({}, 1, math.maxinteger - 1, 2)", SANDBOX_KILLED_STEPS);
    expect_end("local s = ('a'):rep(200000) for i = 1, 1e9 do local _ = s:find('b', 1, true) end",
               SANDBOX_KILLED_STEPS);
}

Test(sandbox, patterns_cannot_blow_up)
{
    expect("return tostring((('a'):rep(3000)):match(('a?'):rep(30) .. ('a'):rep(30) .. 'b'))", "nil");
    sandbox_failure why;
    run("local s = ('a'):rep(20000) for i = 1, 1000 do s:match('.-.-.-.-b') end", &why);
    cr_expect(sandbox_is_kill(why.end), "by its steps, or on a slow machine by the clock: %d", why.end);
}

Test(sandbox, memory_is_capped)
{
    expect_end("local t = {} for i = 1, 1e9 do t[i] = {} end", SANDBOX_KILLED_MEMORY);
    expect_end("local s = 'x' while true do s = s .. s end", SANDBOX_KILLED_MEMORY);
    expect_end("while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
               SANDBOX_KILLED_MEMORY);
    expect_failure("return ('x'):rep(1e9)", "1 MiB");
    expect_failure("return ('x'):rep(1e9, ',')", "1 MiB");
    expect_failure("return table.unpack({}, 1, 1e6)", "more than");
    expect_end("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(100) .. i:match('') end", SANDBOX_FAILED);
    expect_end("local k = {} for i = 1, 1e6 do ('x'):match('x' .. i .. ('[a-z]'):rep(200)) end", SANDBOX_KILLED_STEPS);
}

Test(sandbox, deep_recursion_is_an_error_or_a_kill)
{
    sandbox_failure why;
    run("local function f() return f() + 1 end return f()", &why);
    cr_expect(why.end == SANDBOX_FAILED || why.end == SANDBOX_KILLED_MEMORY, "%d", why.end);
    run("local function f() return (string.gsub('x', 'x', f)) end return f()", &why);
    cr_expect_neq(why.end, SANDBOX_FINE);
}

Test(sandbox, failures_name_their_place)
{
    sandbox_failure why;
    run("local x = nil\n\nreturn x.y", &why);
    cr_expect_eq(why.end, SANDBOX_FAILED);
    cr_expect_str_eq(why.file, "test.lua");
    cr_expect_eq(why.line, 3u);
    cr_expect_str_eq(why.trace, "test.lua:3");
    run("return return", &why);
    cr_expect_eq(why.end, SANDBOX_SYNTAX);
    cr_expect_eq(why.line, 1u);
    run("error({})", &why);
    cr_expect_eq(why.end, SANDBOX_FAILED);
    cr_expect_str_eq(why.message, "table");
    run("error('a\\27[31mb\\nc')", &why);
    cr_expect_str_eq(why.message, "a?[31mb c");
    run("\x1bLua", &why);
    cr_expect_neq(why.end, SANDBOX_FINE);
}

Test(sandbox, a_kill_leaves_it_usable)
{
    policy_options options = defaults();
    sandbox *box = sandbox_new(&options);
    sandbox_failure why;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(sandbox_load(box, STR("a.lua"), STR("local t = {} while true do t[#t + 1] = {} end"), NULL, &why),
                     SANDBOX_FINE);
        cr_assert_eq(sandbox_call(box, 0, 0, &why), SANDBOX_KILLED_MEMORY);
        cr_assert_eq(sandbox_load(box, STR("b.lua"), STR("return 1 + 1"), NULL, &why), SANDBOX_FINE);
        cr_assert_eq(sandbox_call(box, 0, 1, &why), SANDBOX_FINE);
        cr_assert_eq(lua_tointeger(sandbox_lua(box), -1), 2);
        lua_settop(sandbox_lua(box), 0);
    }
    sandbox_free(box);
}

static int freeze_global(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, "check");
    sandbox_freeze(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, "check");
    return 0;
}

/* Load a script that returns a check, freeze it, call it twice; "first second" of what it returned, or the failure. */
static const char *frozen_twice(const char *text)
{
    static char answer[4096];
    policy_options options = defaults();
    sandbox *box = sandbox_new(&options);
    lua_State *lua = sandbox_lua(box);
    sandbox_failure why;
    answer[0] = '\0';
    cr_assert_eq(sandbox_load(box, STR("t.lua"), str_of(text), NULL, &why), SANDBOX_FINE, "%s", why.message);
    cr_assert_eq(sandbox_call(box, 0, 1, &why), SANDBOX_FINE, "%s", why.message);
    lua_setfield(lua, LUA_REGISTRYINDEX, "check");
    if (sandbox_protect(box, freeze_global, NULL, &why) != SANDBOX_FINE)
        snprintf(answer, sizeof answer, "freeze: %s", why.message);
    for (int i = 0; i < 2 && why.end == SANDBOX_FINE; i++) {
        lua_getfield(lua, LUA_REGISTRYINDEX, "check");
        if (sandbox_call(box, 0, 1, &why) != SANDBOX_FINE)
            snprintf(answer + strlen(answer), sizeof answer - strlen(answer), "%s", why.message);
        else
            snprintf(answer + strlen(answer), sizeof answer - strlen(answer), "%s%s%s", i ? " " : "",
                     lua_tostring(lua, -1), sandbox_unchanged(lua) ? "" : "!");
        lua_settop(lua, 0);
    }
    sandbox_free(box);
    return answer;
}

Test(sandbox, frozen_scripts_keep_nothing)
{
    cr_expect_str_eq(frozen_twice("local t = {a = {b = 7}} return function() return t.a.b end"), "7 7");
    cr_expect_str_eq(frozen_twice("local t = {1, 2, 3} return function() return #t .. table.concat(t, ',') end"),
                     "31,2,3 31,2,3");
    cr_expect_str_eq(
        frozen_twice("local t = {x = 1} return function() local s = '' for k, v in pairs(t) do s = s .. k .. v end "
                     "return s end"),
        "x1 x1");
    cr_expect_str_eq(frozen_twice("local n = 0 return function() n = n + 1 return n end"), "1! 1!");
    cr_expect(strstr(frozen_twice("local t = {} return function() t.x = 1 return 1 end"), "read-only"));
    cr_expect(strstr(frozen_twice("return function() x = 1 return 1 end"), "read-only"));
    cr_expect(strstr(frozen_twice("return function() string.rep = nil return 1 end"), "read-only"));
    cr_expect(strstr(frozen_twice("return function() table.insert(string, 1) return 1 end"), "read-only"));
    cr_expect(strstr(frozen_twice("local it = ('abc'):gmatch('.') return function() return it() end"), "iterator"));
    cr_expect_str_eq(frozen_twice("local function help(x) return x * 2 end return function() return help(4) end"),
                     "8 8");
    cr_expect_str_eq(frozen_twice("local t = {} t.me = t return function() return t.me.me == t and 1 or 0 end"), "1 1");
    cr_expect_str_eq(frozen_twice("local t = {} for i = 1, 500 do t = {t} end return function() return #t end"), "1 1");
}

static sandbox_end create_and_run(const policy_allocator *a)
{
    policy_options options;
    cr_assert(options_init(&options, a));
    sandbox *box = sandbox_new(&options);
    if (!box)
        return SANDBOX_NOMEM;
    sandbox_failure why;
    sandbox_end end = sandbox_load(box, STR("a.lua"), STR("local s = ('a1b2'):gsub('%d', '') return s"), NULL, &why);
    if (end == SANDBOX_FINE)
        end = sandbox_call(box, 0, 1, &why);
    sandbox_free(box);
    return end;
}

/* Lua collects and asks once more, so a single refusal may be survived; a lasting one may not be. */
Test(sandbox, every_failed_allocation_is_survived)
{
    for (failing_mode mode = FAIL_ONCE; mode <= FAIL_STICKY; mode++) {
        bool more = true;
        size_t k = 1;
        for (; more; k++) {
            failing_allocator f;
            failing_allocator_init(&f, k, mode);
            sandbox_end end = create_and_run(&f.allocator);
            more = failing_allocator_failed(&f);
            cr_assert_eq(failing_allocator_live(&f), 0, "leak at allocation %zu", k);
            if (mode == FAIL_STICKY && more)
                cr_assert(end == SANDBOX_NOMEM || end == SANDBOX_FAILED, "allocation %zu: %d", k, end);
            if (!more)
                cr_assert_eq(end, SANDBOX_FINE);
        }
        cr_expect_gt(k, 100u);
    }
}
