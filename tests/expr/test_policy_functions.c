/* Our own functions: dates, times of day, spans, words and numbers in texts. */
#include <criterion/criterion.h>

#include "support/expressions.h"

static expressions *e;

static void start(void)
{
    e = expressions_new(NULL);
    cr_assert(e);
}

static void stop(void)
{
    expressions_free(e);
}

TestSuite(policy_functions, .init = start, .fini = stop);

Test(policy_functions, dates_compare_and_move_by_whole_days)
{
    static const said table[] = {
        {"date('2021-11-19')", "2021-11-19"},
        {"assigned == date('2021-11-19')", "true"},
        {"assigned < due", "true"},
        {"due - assigned", "259200s"},
        {"assigned + (due - assigned) == due", "true"},
        {"due - (due - assigned)", "2021-11-19"},
        {"date('2021-11-30') + (date('2021-12-02') - date('2021-12-01'))", "2021-12-01"},
        {"date(started)", "2021-11-19"},
        {"date(assigned)", "2021-11-19"},
        {"date('2020-02-29') < date('2020-03-01')", "true"},
        {"assigned + (started - started)", "2021-11-19"},
        {"assigned + (end - time('17:00'))", "error(a date moves by whole days only)"},
        {"date('9999-12-31') + (due - assigned)", "error(the time is out of range)"},
        {"date(name)", "error(期中考试 is not a date like 2021-11-19)"},
        {"assigned in [date('2021-11-19')]", "true"},
    };
    expressions_table(e, table);
}

Test(policy_functions, times_of_day_are_durations_since_midnight)
{
    static const said table[] = {
        {"time('17:30')", "17:30"},
        {"time('17:30:05')", "17:30:05"},
        {"time('00:00')", "00:00"},
        {"time('24:00')", "24:00"},
        {"end >= time('17:30')", "true"},
        {"end > time('17:30')", "false"},
        {"end == time('17:30:00')", "true"},
        {"end - time('17:00')", "1800s"},
        {"time('24:01')", "1:6 24:01 is not a time like 17:30"},
        {"time('7:30')", "1:6 7:30 is not a time like 17:30"},
        {"time('17:60')", "1:6 17:60 is not a time like 17:30"},
        {"time(name)", "error(期中考试 is not a time like 17:30)"},
    };
    expressions_table(e, table);
}

Test(policy_functions, a_span_holds_its_first_day_but_not_its_last)
{
    static const said table[] = {
        {"span(assigned, due)", "2021-11-19, 2021-11-20, 2021-11-21"},
        {"size(span(assigned, due))", "3"},
        {"span(assigned, assigned)", "2021-11-19"},
        {"span(due, assigned)", "2021-11-22"},
        {"due in span(assigned, due)", "false"},
    };
    expressions_table(e, table);
}

Test(policy_functions, contains_any_finds_any_of_the_words)
{
    static const said table[] = {
        {"contains_any(name, params.words)", "false"},
        {"contains_any(name, ['月考', '期中'])", "true"},
        {"contains_any(name, words)", "true"},
        {"contains_any('第三单元测验', params.words)", "true"},
        {"contains_any('', params.words)", "false"},
        {"contains_any(name, [])", "false"},
        {"contains_any(name, [''])", "true"},
        {"contains_any('abcabd', ['abd', 'x'])", "true"},
        {"contains_any('xbaby', ['babz', 'ab'])", "true"},
        {"contains_any('aaab', ['aab'])", "true"},
        {"contains_any('ushers', ['he', 'she', 'his', 'hers'])", "true"},
        {"contains_any('abccab', ['bca', 'cc a', 'cb'])", "false"},
        {"contains_any(name, [name + '2', 'x'])", "false"},
        {"contains_any(name, [name])", "true"},
    };
    expressions_table(e, table);
}

Test(policy_functions, numbers_reads_digits_and_chinese_numerals)
{
    static const said table[] = {
        {"numbers('生字抄写3遍', '抄写{n}遍')", "3"},
        {"numbers('抄写 ２０ 遍', '抄写{n}遍')", "20"},
        {"numbers('抄写十遍', '抄写{n}遍')", "10"},
        {"numbers('抄写十二遍', '抄写{n}遍')", "12"},
        {"numbers('抄写二十遍', '抄写{n}遍')", "20"},
        {"numbers('抄写九十九遍', '抄写{n}遍')", "99"},
        {"numbers('抄写一百遍', '抄写{n}遍')", "100"},
        {"numbers('抄写一百零五遍', '抄写{n}遍')", "105"},
        {"numbers('抄写一百五遍', '抄写{n}遍')", "150"},
        {"numbers('抄写两百遍', '抄写{n}遍')", "200"},
        {"numbers('抄写一千零一十遍', '抄写{n}遍')", "1010"},
        {"numbers('抄写两万三遍', '抄写{n}遍')", "23000"},
        {"numbers('抄写一万零三遍', '抄写{n}遍')", "10003"},
        {"numbers('抄写2万遍', '抄写{n}遍')", "20000"},
        {"numbers('抄写二〇二一遍', '抄写{n}遍')", "2021"},
        {"numbers('抄写贰拾遍', '抄写{n}遍')", "20"},
        {"numbers('抄写三四遍', '抄写{n}遍')", "3, 4"},
        {"numbers('抄写3-5遍', '抄写{n}遍')", "3, 5"},
        {"numbers('抄写三至五遍', '抄写{n}遍')", "3, 5"},
        {"numbers('抄写3遍，默写5遍，再抄写八遍', '抄写{n}遍')", "3, 8"},
        {"numbers('抄写3遍，默写5遍', '{n}遍')", "3, 5"},
        {"numbers('2021年第3课', '{n}课')", "3"},
        {"numbers('做完后抄写', '抄写{n}遍')", ""},
        {"numbers('抄写5次', '抄写{n}遍')", ""},
        {"numbers('每个字写5', '写{n}')", "5"},
        {"numbers('', '抄写{n}遍')", ""},
        {"numbers('抄写99999999999999999999遍', '抄写{n}遍')", "9223372036854775807"},
        {"numbers('抄写3遍', '抄写{n}遍').exists(n, n >= 3)", "true"},
        {"numbers(name, name)", "error(期中考试 needs exactly one {n} with text beside it)"},
    };
    expressions_table(e, table);
}
