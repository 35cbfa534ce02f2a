/* The calculator: requests, replies, and requests that are none. */
#include <criterion/criterion.h>
#include <policy/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/failing_allocator.h"

/* The reply; the caller frees. */
static policy_text *ask(const char *request, policy_language language, policy_status expected)
{
    policy_text *reply = NULL;
    policy_error *err = NULL;
    policy_status status = policy_expression_evaluate(NULL, request, strlen(request), language, &reply, &err);
    cr_assert_eq(status, expected, "%s: %s", request, policy_status_name(status));
    cr_assert_eq(err == NULL, status == POLICY_OK);
    cr_assert_eq(policy_error_status(err), status);
    cr_assert_not_null(reply);
    policy_error_free(err);
    return reply;
}

typedef struct exchange {
    const char *request, *reply;
} exchange;

static void check(const exchange *cases, size_t count, policy_status expected)
{
    for (size_t i = 0; i < count; i++) {
        policy_text *reply = ask(cases[i].request, POLICY_LANGUAGE_EN, expected);
        cr_expect_str_eq(policy_text_data(reply), cases[i].reply, "%s\n  gives    %s\n  expected %s", cases[i].request,
                         policy_text_data(reply), cases[i].reply);
        policy_text_free(reply);
    }
}
#define CHECK(cases, status) check(cases, sizeof cases / sizeof *cases, status)

Test(calculator, writes_every_type)
{
    static const exchange cases[] = {
        {"{\"expr\": \"1 + 2\"}", "{\"type\": \"int\", \"value\": \"3\"}"},
        {"{\"expr\": \"3u\"}", "{\"type\": \"uint\", \"value\": \"3\"}"},
        {"{\"expr\": \"0.5\"}", "{\"type\": \"double\", \"value\": 0.5}"},
        {"{\"expr\": \"-1.0 / 0.0\"}", "{\"type\": \"double\", \"value\": \"-Infinity\"}"},
        {"{\"expr\": \"0.0 / 0.0\"}", "{\"type\": \"double\", \"value\": \"NaN\"}"},
        {"{\"expr\": \"true\"}", "{\"type\": \"bool\", \"value\": true}"},
        {"{\"expr\": \"null\"}", "{\"type\": \"null\", \"value\": null}"},
        {"{\"expr\": \"'中\\\\\\\"\\\\n\\\\u0000'\"}", "{\"type\": \"string\", \"value\": \"中\\\"\\u000a\\u0000\"}"},
        {"{\"expr\": \"b''\"}", "{\"type\": \"bytes\", \"value\": \"\"}"},
        {"{\"expr\": \"b'a'\"}", "{\"type\": \"bytes\", \"value\": \"YQ==\"}"},
        {"{\"expr\": \"b'ab'\"}", "{\"type\": \"bytes\", \"value\": \"YWI=\"}"},
        {"{\"expr\": \"b'\\\\xfb\\\\xff\\\\xfe'\"}", "{\"type\": \"bytes\", \"value\": \"+//+\"}"},
        {"{\"expr\": \"date('2021-11-19')\"}", "{\"type\": \"date\", \"value\": \"2021-11-19\"}"},
        {"{\"expr\": \"duration('-1.5s')\"}", "{\"type\": \"duration\", \"value\": \"-1.5s\"}"},
        {"{\"expr\": \"timestamp(0)\"}", "{\"type\": \"timestamp\", \"value\": \"1970-01-01T00:00:00Z\"}"},
        {"{\"expr\": \"type(1)\"}", "{\"type\": \"type\", \"value\": \"int\"}"},
        {"{\"expr\": \"[1, 'a']\"}", "{\"type\": \"list\", \"value\": [{\"type\": \"int\", \"value\": \"1\"}, "
                                     "{\"type\": \"string\", \"value\": \"a\"}]}"},
        {"{\"expr\": \"{true: []}\"}", "{\"type\": \"map\", \"value\": [[{\"type\": \"bool\", \"value\": true}, "
                                       "{\"type\": \"list\", \"value\": []}]]}"},
    };
    CHECK(cases, POLICY_OK);
}

Test(calculator, reads_plain_values_as_their_types)
{
    static const exchange cases[] = {
        {"{\"expr\": \"type(x)\", \"vars\": {\"x\": 3}}", "{\"type\": \"type\", \"value\": \"int\"}"},
        {"{\"expr\": \"x\", \"vars\": {\"x\": 3}, \"types\": {\"x\": \"double\"}}",
         "{\"type\": \"double\", \"value\": 3}"},
        {"{\"expr\": \"x.a[1]\", \"vars\": {\"x\": {\"a\": [1, 2.5]}}}", "{\"type\": \"double\", \"value\": 2.5}"},
        {"{\"expr\": \"d + duration('24h')\", \"vars\": {\"d\": \"2021-11-19\"}, \"types\": {\"d\": \"date\"}}",
         "{\"type\": \"date\", \"value\": \"2021-11-20\"}"},
        {"{\"expr\": \"t > time('17:00')\", \"vars\": {\"t\": \"17:30\"}, \"types\": {\"t\": \"time\"}}",
         "{\"type\": \"bool\", \"value\": true}"},
        {"{\"expr\": \"m[2]\", \"vars\": {\"m\": {\"2\": true}}, \"types\": {\"m\": \"map(int, bool)\"}}",
         "{\"type\": \"bool\", \"value\": true}"},
        {"{\"expr\": \"x\", \"vars\": {\"x\": 9223372036854775807}}",
         "{\"type\": \"int\", \"value\": \"9223372036854775807\"}"},
        {"{\"expr\": \"x == null\", \"vars\": {\"x\": null}}", "{\"type\": \"bool\", \"value\": true}"},
    };
    CHECK(cases, POLICY_OK);
}

Test(calculator, what_it_writes_it_reads)
{
    static const char *const values[] = {
        "{\"type\": \"int\", \"value\": \"-9223372036854775808\"}",
        "{\"type\": \"uint\", \"value\": \"18446744073709551615\"}",
        "{\"type\": \"double\", \"value\": 1e+100}",
        "{\"type\": \"double\", \"value\": \"Infinity\"}",
        "{\"type\": \"bytes\", \"value\": \"+/8A\"}",
        "{\"type\": \"date\", \"value\": \"0001-01-01\"}",
        "{\"type\": \"duration\", \"value\": \"0.000000001s\"}",
        "{\"type\": \"timestamp\", \"value\": \"9999-12-31T23:59:59.999999999Z\"}",
        "{\"type\": \"type\", \"value\": \"list(int)\"}",
        ("{\"type\": \"map\", \"value\": [[{\"type\": \"uint\", \"value\": \"1\"}, {\"type\": \"list\", \"value\": "
         "[{\"type\": \"null\", \"value\": null}]}]]}"),
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char request[1000];
        snprintf(request, sizeof request, "{\"expr\": \"x\", \"typed\": {\"x\": %s}}", values[i]);
        policy_text *reply = ask(request, POLICY_LANGUAGE_EN, POLICY_OK);
        cr_expect_str_eq(policy_text_data(reply), values[i]);
        policy_text_free(reply);
    }
}

Test(calculator, says_what_is_missing)
{
    static const exchange cases[] = {
        {"{\"expr\": \"x + y > 1\", \"types\": {\"x\": \"int\", \"y\": \"int\"}}",
         "{\"type\": \"unknown\", \"missing\": [\"x\", \"y\"]}"},
        {"{\"expr\": \"x > 1 || true\", \"types\": {\"x\": \"int\"}}", "{\"type\": \"bool\", \"value\": true}"},
        {"{\"expr\": \"has(x)\", \"types\": {\"x\": \"int\"}, \"vars\": {\"x\": null}}",
         "{\"type\": \"bool\", \"value\": false}"},
        {"{\"expr\": \"x\", \"types\": {\"x\": \"int\"}, \"vars\": {\"x\": null}}",
         "{\"type\": \"none\", \"missing\": [\"x\"]}"},
    };
    CHECK(cases, POLICY_OK);
}

Test(calculator, checks_without_evaluating)
{
    static const exchange cases[] = {
        {"{\"expr\": \"[1, 2].map(x, x > 1)\", \"check\": true}", "{\"checked\": \"list(bool)\"}"},
        {"{\"expr\": \"x\", \"types\": {\"x\": \"map(string, dyn)\"}, \"check\": true}",
         "{\"checked\": \"map(string, dyn)\"}"},
        {"{\"expr\": \"1 / 0\", \"check\": true}", "{\"checked\": \"int\"}"},
    };
    CHECK(cases, POLICY_OK);
}

Test(calculator, errors_of_the_expression_are_replies_with_a_place)
{
    static const exchange cases[] = {
        {"{\"expr\": \"1 +\\n  (2\"}",
         "{\"error\": \"the expression ends where ) was expected\", \"line\": 2, \"column\": 5}"},
        {"{\"expr\": \"1 / 0\"}", "{\"error\": \"division by zero\", \"line\": 1, \"column\": 3}"},
        {"{\"expr\": \"'中文' + \\n y\"}", "{\"error\": \"unknown name y\", \"line\": 2, \"column\": 2}"},
        {"{\"expr\": \"1 + 'a'\", \"disable_check\": true}",
         "{\"error\": \"no such overload: + with int, string\", \"line\": 1, \"column\": 3}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy_text *reply = ask(cases[i].request, POLICY_LANGUAGE_EN, POLICY_OK);
        const char *place = strstr(cases[i].reply, "\"line\"");
        cr_expect_not_null(strstr(policy_text_data(reply), place), "%s gives %s", cases[i].request,
                           policy_text_data(reply));
        cr_expect_not_null(strstr(policy_text_data(reply), "{\"error\": \""));
        policy_text_free(reply);
    }
}

Test(calculator, speaks_chinese)
{
    policy_text *reply = ask("{\"expr\": \"1 / 0\"}", POLICY_LANGUAGE_ZH, POLICY_OK);
    cr_expect_str_eq(policy_text_data(reply), "{\"error\": \"除数为零\", \"line\": 1, \"column\": 3}");
    policy_text_free(reply);
}

Test(calculator, names_live_in_containers)
{
    static const exchange cases[] = {
        {"{\"expr\": \"y\", \"vars\": {\"a.y\": 1, \"y\": 2}, \"container\": \"a.b\"}",
         "{\"type\": \"int\", \"value\": \"1\"}"},
        {"{\"expr\": \".y\", \"vars\": {\"a.y\": 1, \"y\": 2}, \"container\": \"a.b\"}",
         "{\"type\": \"int\", \"value\": \"2\"}"},
    };
    CHECK(cases, POLICY_OK);
}

Test(calculator, refuses_what_is_no_request)
{
    static const exchange cases[] = {
        {"[]", "{\"error\": \"the request must be an object with an expr\"}"},
        {"{}", "{\"error\": \"the request must be an object with an expr\"}"},
        {"{\"expr\": 1}", "{\"error\": \"the request must be an object with an expr\"}"},
        {"{\"expr\": \"1\", \"var\": {}}", "{\"error\": \"the request has no key var; did you mean 'vars'?\"}"},
        {"{\"expr\": \"1\", \"vars\": []}", "{\"error\": \"vars must be an object\"}"},
        {"{\"expr\": \"1\", \"check\": 1}", "{\"error\": \"check must be true or false\"}"},
        {"{\"expr\": \"1\", \"types\": {\"x\": 1}}", "{\"error\": \"types.x must be the name of a type\"}"},
        {"{\"expr\": \"1\", \"types\": {\"x\": \"list(\"}}",
         "{\"error\": \"types.x names the type list(, which does not exist\"}"},
        {"{\"expr\": \"1\", \"vars\": {\"x\": \"a\"}, \"types\": {\"x\": \"int\"}}",
         "{\"error\": \"vars.x must be a whole number\"}"},
        {"{\"expr\": \"1\", \"vars\": {\"x\": -1}, \"types\": {\"x\": \"uint\"}}",
         "{\"error\": \"vars.x must be a natural number\"}"},
        {"{\"expr\": \"1\", \"vars\": {\"x\": \"2021-02-30\"}, \"types\": {\"x\": \"date\"}}",
         "{\"error\": \"vars.x must be a date such as \\\"2021-11-19\\\"\"}"},
        {"{\"expr\": \"1\", \"vars\": {\"x\": 1}, \"typed\": {\"x\": {\"type\": \"int\", \"value\": \"1\"}}}",
         "{\"error\": \"typed.x is given twice\"}"},
        {"{\"expr\": \"1\", \"typed\": {\"x\": 1}}", "{\"error\": \"typed.x must be an object of type and value\"}"},
        {"{\"expr\": \"1\", \"typed\": {\"x\": {\"type\": \"int\", \"value\": 1}}}",
         "{\"error\": \"typed.x must be a whole number as a text\"}"},
        {"{\"expr\": \"1\", \"typed\": {\"x\": {\"type\": \"bytes\", \"value\": \"YQ=\"}}}",
         "{\"error\": \"typed.x must be base64\"}"},
        {"{\"expr\": \"1\", \"typed\": {\"x\": {\"type\": \"map\", \"value\": [[{\"type\": \"double\", \"value\": 1}, "
         "{\"type\": \"null\", \"value\": null}]]}}}",
         "{\"error\": \"typed.x must be a map whose keys are bool, int, uint or string\"}"},
        {"{\"expr\": \"1\", \"typed\": {\"x\": {\"type\": \"map\", \"value\": [[{\"type\": \"int\", \"value\": \"1\"}, "
         "{\"type\": \"null\", \"value\": null}], [{\"type\": \"uint\", \"value\": \"1\"}, {\"type\": \"null\", "
         "\"value\": null}]]}}}",
         "{\"error\": \"typed.x must be a map without equal keys\"}"},
    };
    CHECK(cases, POLICY_E_ARGUMENT);
    static const char *const broken[] = {"",
                                         "{",
                                         "{\"expr\": \"1\"} x",
                                         "{\"expr\": \"1\", \"expr\": \"2\"}",
                                         "{\"expr\": \"\xff\"}",
                                         "{\"expr\": \"1\", \"vars\": {\"x\": 1e999}}",
                                         "{\"expr\": \"1\", \"vars\": {\"x\": 9223372036854775808}}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        policy_text *reply = ask(broken[i], POLICY_LANGUAGE_EN, POLICY_E_SYNTAX);
        cr_expect_eq(strncmp(policy_text_data(reply), "{\"error\": \"the request is not JSON: ", 35), 0, "%s",
                     policy_text_data(reply));
        policy_text_free(reply);
    }
}

/* {"expr": "size(x)", "vars": {"x": [[...]]}} with this many brackets in all open at once. */
static policy_status nested(int depth)
{
    char request[1000] = "{\"expr\": \"size(x)\", \"vars\": {\"x\": ";
    size_t size = strlen(request);
    for (int i = 2; i < depth; i++)
        request[size++] = '[';
    for (int i = 2; i < depth; i++)
        request[size++] = ']';
    memcpy(request + size, "}}", 3);
    policy_text *reply = NULL;
    policy_status status = policy_expression_evaluate(NULL, request, size + 2, POLICY_LANGUAGE_EN, &reply, NULL);
    policy_text_free(reply);
    return status;
}

Test(calculator, requests_nest_64_deep_and_no_deeper)
{
    cr_expect_eq(nested(64), POLICY_OK);
    cr_expect_eq(nested(65), POLICY_E_LIMIT);
    char *many = malloc(200001);
    memset(many, '[', 200000);
    many[200000] = '\0';
    policy_text *reply = ask(many, POLICY_LANGUAGE_EN, POLICY_E_LIMIT);
    cr_expect_str_eq(policy_text_data(reply), "{\"error\": \"the request is nested deeper than 64\"}");
    policy_text_free(reply);
    free(many);
}

/* {"expr": ...} where j is ten lists of ten times the one before: small in memory, ten billion numbers when written. */
static void write_shared(char *request, size_t room, const char *body)
{
    int size = snprintf(request, room, "{\"expr\": \"cel.bind(a, [v,v,v,v,v,v,v,v,v,v], ");
    for (char name = 'b'; name < 'k'; name++) {
        char p = (char)(name - 1);
        size += snprintf(request + size, room - (size_t)size, "cel.bind(%c, [%c,%c,%c,%c,%c,%c,%c,%c,%c,%c], ", name, p,
                         p, p, p, p, p, p, p, p, p);
    }
    snprintf(request + size, room - (size_t)size, "%s))))))))))\", \"vars\": {\"v\": 1}}", body);
}

Test(calculator, a_result_beyond_the_memory_of_an_evaluation_is_an_error)
{
    char request[2000];
    write_shared(request, sizeof request, "j");
    policy_text *reply = ask(request, POLICY_LANGUAGE_EN, POLICY_OK);
    cr_expect_str_eq(policy_text_data(reply), "{\"error\": \"reply is over its limit of 16777216\"}");
    policy_text_free(reply);
}

Test(calculator, looking_at_a_value_that_shares_its_parts_counts_all_of_it)
{
    static const char *const bodies[] = {"j == j",
                                         "dyn(j) in [dyn(i), dyn(j)]",
                                         "{'a': j} != {'a': j}",
                                         "'%s'.format(j)",
                                         "dyn(j) in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
                                         "{'a': 1}[dyn(j)]",
                                         "[j, j].exists_one(x, x == j)",
                                         "dyn(j) in {'a': 1}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char request[2000];
        write_shared(request, sizeof request, bodies[i]);
        policy_text *reply = ask(request, POLICY_LANGUAGE_EN, POLICY_OK);
        cr_expect_not_null(strstr(policy_text_data(reply), "the expression is over its limit of 1000000 steps"),
                           "%s: %s", bodies[i], policy_text_data(reply));
        policy_text_free(reply);
    }
}

Test(calculator, null_arguments_are_refused)
{
    policy_text *reply = NULL;
    cr_expect_eq(policy_expression_evaluate(NULL, NULL, 0, POLICY_LANGUAGE_EN, &reply, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(policy_expression_evaluate(NULL, "{}", 2, POLICY_LANGUAGE_EN, NULL, NULL), POLICY_E_ARGUMENT);
}

static policy_status evaluate(const policy_allocator *a, void *request)
{
    policy_options *options = NULL;
    policy_status status = policy_options_new(a, &options, NULL);
    if (status != POLICY_OK)
        return status;
    policy_text *reply = NULL;
    policy_error *err = NULL;
    status = policy_expression_evaluate(options, request, strlen(request), POLICY_LANGUAGE_EN, &reply, &err);
    policy_text_free(reply);
    policy_error_free(err);
    policy_options_free(options);
    return status;
}

Test(calculator, every_failed_allocation_is_a_clean_failure)
{
    static char value[] = "{\"expr\": \"x.map(y, y + 'a').join(',').matches('[a-c]+') ? '%s'.format([m]) : 'no'\", "
                          "\"vars\": {\"x\": [\"a\", \"b\"]}, \"typed\": {\"m\": {\"type\": \"map\", \"value\": "
                          "[[{\"type\": \"int\", \"value\": \"1\"}, {\"type\": \"bytes\", \"value\": \"YQ==\"}]]}}, "
                          "\"types\": {\"x\": \"list(string)\", \"z\": \"list(int)\"}}";
    static char error[] = "{\"expr\": \"int('x') + missing\"}";
    static char failed[] = "{\"expr\": \"1 / 0\"}";
    cr_expect_gt(failing_allocator_sweep(evaluate, value), 20);
    cr_expect_gt(failing_allocator_sweep(evaluate, error), 10);
    cr_expect_gt(failing_allocator_sweep(evaluate, failed), 10);
}
