/*
 * Columns and cells of score tables: what a header promises and what a cell holds.
 *
 * Rank words win over all others (语文名次 is a rank), then bands (总分等级 is a band), then scores. Derived numbers that
 * place a child among others (百分位, 标准分, T分, 超均率, 击败, 进退步) count as ranks: they exist to be compared.
 */
#include "base/number.h"
#include "table/profile_internal.h"

static const char *const rank_words[] = {"名次",   "排名",   "位次", "校次",   "级次",   "区次",      "班排", "级排",
                                         "校排",   "年排",   "区排", "联考排", "进退步", "进退",      "升降", "百分位",
                                         "标准分", "超均率", "击败", "第几名", "rank",   "percentile"};
static const char *const rank_names[] = {"班次", "t分", "z分", "t分数", "z分数", "t-score", "z-score"};
static const char *const serial_names[] = {"序", "序号", "编号", "no", "no.", "#", "行号", "顺序"};
static const char *const band_words[] = {"等级", "等第", "等次", "评价",  "评定",
                                         "档次", "层次", "星级", "level", "band"};
static const char *const total_words[] = {"总分", "总成绩", "合计",  "总评",    "总计",
                                          "平均", "均分",   "total", "average", "sum"};
static const char *const score_words[] = {"成绩", "分数", "得分",  "卷面", "原始分", "赋分",
                                          "折算", "积分", "score", "mark", "points"};
static const char *const comment_words[] = {"备注", "评语", "说明", "寄语", "comment", "remark"};
static const char *const name_words[] = {"姓名", "学生", "name", "student"};
static const char *const number_words[] = {"学号", "学籍", "考号",   "考生号", "准考证", "座号",
                                           "座位", "考场", "身份证", "学生号", "编码",   "代码"};
static const char *const other_words[] = {"性别", "满分",   "人数",   "日期",   "时间",     "电话", "手机", "出生",
                                          "年龄", "教师",   "老师",   "班主任", "签字",     "签名", "联系", "学年",
                                          "学期", "合格率", "优秀率", "及格率", "考试形式", "监考", "人次"};
static const char *const attribute_names[] = {"学校",     "学校名称", "学校代码", "年级",     "班级",   "班",
                                              "考试名称", "考试",     "考试编号", "所属年级", "行政班", "校区"};
static const char *const subject_names[] = {"科目", "学科", "课程", "科目名称", "subject", "course"};
static const char *const subjects[] = {"语文", "数学",    "英语", "外语",    "物理",       "化学",      "生物",
                                       "历史", "地理",    "政治", "道法",    "道德与法治", "思品",      "思想品德",
                                       "品德", "科学",    "体育", "音乐",    "美术",       "艺术",      "信息",
                                       "劳动", "综合",    "理综", "文综",    "历社",       "写字",      "书法",
                                       "阅读", "chinese", "math", "english", "physics",    "chemistry", "science"};

#define CONTAINS(text, words) contains_word((text), (words), sizeof(words) / sizeof *(words))
#define IS(text, words)       is_word((text), (words), sizeof(words) / sizeof *(words))

static bool contains_word(str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_contains(text, str_of(words[i])))
            return true;
    return false;
}

static bool is_word(str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(text, str_of(words[i])))
            return true;
    return false;
}

static bool starts_with_subject(str text)
{
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (str_starts(text, str_of(subjects[i])))
            return true;
    return false;
}

/* Without a remark in brackets: 数学(100分), 语文(满分120). */
static str without_remark(str folded)
{
    const char *open = folded.size ? memchr(folded.data, '(', folded.size) : NULL;
    if (!open || open == folded.data || folded.data[folded.size - 1] != ')')
        return folded;
    return str_slice(folded, 0, (size_t)(open - folded.data));
}

column_role column_role_of(str header, bool *total)
{
    char room[128];
    *total = false;
    size_t size = reader_fold(header, room, sizeof room);
    if (size == 0 || size > sizeof room)
        return ROLE_UNKNOWN;
    str text = {room, size};
    if (CONTAINS(text, rank_words))
        return ROLE_RANK;
    text = without_remark(text);
    if (IS(text, rank_names))
        return ROLE_RANK;
    if (IS(text, serial_names))
        return ROLE_SERIAL;
    if (IS(text, attribute_names))
        return ROLE_ATTRIBUTE;
    if (IS(text, subject_names))
        return ROLE_SUBJECT;
    if (CONTAINS(text, comment_words))
        return ROLE_COMMENT;
    if (CONTAINS(text, band_words))
        return ROLE_BAND;
    if (CONTAINS(text, other_words))
        return ROLE_OTHER;
    if (CONTAINS(text, number_words))
        return ROLE_NUMBER;
    *total = CONTAINS(text, total_words);
    if (*total || CONTAINS(text, score_words))
        return ROLE_SCORE;
    if (CONTAINS(text, name_words))
        return ROLE_NAME;
    if (starts_with_subject(text) || str_ends(text, STR("分")))
        return ROLE_SCORE;
    return ROLE_UNKNOWN;
}

static bool read_score(str text, double *number)
{
    if (text.size > 3 && str_ends(text, STR("分")))
        text.size -= 3;
    const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
    double full;
    if (slash) { /* 84/100 */
        str behind = str_slice(text, (size_t)(slash - text.data) + 1, text.size);
        if (!number_read_double(behind, false, &full) || full <= 0)
            return false;
        text = str_slice(text, 0, (size_t)(slash - text.data));
    }
    if (text.size == 0 || text.size > 12)
        return false;
    bool has_digit = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        has_digit |= c >= '0' && c <= '9';
        if (!(c >= '0' && c <= '9') && c != '.' && !(i == 0 && (c == '-' || c == '+')))
            return false;
    }
    return has_digit && number_read_double(text, false, number);
}

static const struct {
    const char *band;
    int place;
} bands[] = {{"优秀", 0},   {"优", 0},     {"优良", 1},   {"良好", 2},   {"良", 2},     {"中等", 3},
             {"中", 3},     {"合格", 4},   {"及格", 4},   {"达标", 4},   {"待合格", 5}, {"待提高", 5},
             {"需努力", 5}, {"待达标", 5}, {"不合格", 5}, {"不及格", 5}, {"差", 6},     {"甲", 0},
             {"乙", 2},     {"丙", 4},     {"丁", 6},     {"一等", 0},   {"二等", 2},   {"三等", 4},
             {"四等", 6},   {"一级", 0},   {"二级", 2},   {"三级", 4},   {"四级", 6}};

static bool is_letter_band(str band)
{
    if (band.size == 0 || band.size > 3 || band.data[0] < 'a' || band.data[0] > 'e')
        return false;
    for (size_t i = 1; i < band.size; i++)
        if (band.data[i] != '+' && band.data[i] != '-' && band.data[i] != '*' &&
            !(band.data[i] >= '1' && band.data[i] <= '9'))
            return false;
    return true;
}

int band_place(str band)
{
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
        if (str_equal(band, str_of(bands[i].band)))
            return 10 * bands[i].place;
    if (!is_letter_band(band))
        return -1;
    int at = 10 * (band.data[0] - 'a') + 5;
    for (size_t i = 1; i < band.size; i++)
        at += band.data[i] == '+' || band.data[i] == '*' ? -2 : band.data[i] == '-' ? 2 : band.data[i] - '5';
    return at;
}

int band_family(str band)
{
    if (band.size && band.data[0] >= '0' && band.data[0] <= '9')
        return 3;
    return band.size && band.data[0] >= 'a' && band.data[0] <= 'z' ? 1 : 2;
}

score_cell score_cell_of(str text, double *number, char room[32], str *band)
{
    static const char *const statuses[] = {"缺考", "免考", "缺",   "免",   "未考", "缓考", "缺席", "请假", "病假",
                                           "事假", "休学", "转学", "转出", "作弊", "补考", "未交", "q",    "absent"};
    *band = str_none;
    text = str_trim(text);
    if (text.size == 0)
        return SCORE_EMPTY;
    if (reader_is_placeholder(text))
        return SCORE_STATUS;
    size_t size = reader_fold(text, room, 32);
    if (size > 32)
        return SCORE_TEXT;
    str folded = {room, size};
    if (is_word(folded, statuses, sizeof statuses / sizeof *statuses))
        return SCORE_STATUS;
    if (read_score(folded, number))
        return SCORE_NUMBER;
    if (folded.size > 3 && str_ends(folded, STR("等")) && band_place(folded) < 0)
        folded.size -= 3; /* A等 */
    *band = folded;
    return band_place(folded) >= 0 ? SCORE_BAND : SCORE_TEXT;
}

/* A number directly before `word`, or directly after `before`. */
static bool number_beside(str text, str word, bool number_first)
{
    for (size_t at = 0; at + word.size <= text.size; at++) {
        if (memcmp(text.data + at, word.data, word.size) != 0)
            continue;
        if (number_first && at > 0 && text.data[at - 1] >= '0' && text.data[at - 1] <= '9')
            return true;
        size_t after = at + word.size;
        if (!number_first && after < text.size && text.data[after] >= '0' && text.data[after] <= '9')
            return true;
    }
    return false;
}

static bool fold_comment(str text, char *room, size_t most, str *folded)
{
    size_t size = reader_fold(text, room, most);
    *folded = (str){room, size < most ? size : most};
    return size != 0;
}

bool comment_has_score(str text)
{
    char room[512];
    str folded;
    if (!fold_comment(text, room, sizeof room, &folded))
        return false;
    for (size_t at = 0; at + 3 <= folded.size; at++) {
        str here = str_slice(folded, at, folded.size);
        if (!str_starts(here, STR("分")) || str_starts(here, STR("分钟")) || str_starts(here, STR("分之")))
            continue;
        if (at > 0 && folded.data[at - 1] >= '0' && folded.data[at - 1] <= '9')
            return true;
    }
    return false;
}

bool comment_has_rank(str text)
{
    char room[512];
    str folded;
    if (!fold_comment(text, room, sizeof room, &folded))
        return false;
    static const char *const words[] = {"第一名", "第二名", "第三名", "前十名", "前三名",
                                        "前五名", "排名",   "名次",   "状元"};
    return CONTAINS(folded, words) || number_beside(folded, STR("名"), true) ||
           number_beside(folded, STR("班级第"), false) || number_beside(folded, STR("年级第"), false) ||
           number_beside(folded, STR("全班第"), false);
}

bool is_summary_word(str text)
{
    static const char *const words[] = {"平均",   "均分",   "最高",    "最低", "合格率", "优秀率",   "及格率",
                                        "良好率", "优良率", "合计",    "总计", "人数",   "参考人数", "备注",
                                        "说明",   "满分",   "标准差",  "注:",  "制表",   "审核",     "班主任",
                                        "任课",   "total",  "average", "mean", "max",    "min"};
    char room[64];
    str folded;
    if (!fold_comment(str_slice(text, 0, 30), room, sizeof room, &folded))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(folded, str_of(words[i])))
            return true;
    return false;
}
