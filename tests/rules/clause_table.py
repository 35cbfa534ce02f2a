#!/usr/bin/env python3
"""Writes docs/huancui-2021.md from the pack: every clause with its text, and what holds it.

    python3 tests/rules/clause_table.py           # rewrites the page
    python3 tests/rules/clause_table.py --check   # fails when the page is not what the pack says

Reads the few keys it needs by their place in the pack's own layout, so that it runs without a YAML library.
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACK = os.path.join(ROOT, "rules", "huancui-2021")
PAGE = os.path.join(ROOT, "docs", "huancui-2021.md")
SEVERITY = {"violation": "违规", "warning": "提醒", "info": "提示"}

SECTIONS = ["健全作业管理机制", "严格控制作业总量", "提高作业设计质量", "实现课后服务全覆盖", "丰富课后服务内容", "推进假期托管服务",
            "保障课后服务条件", "用好免费线上学习服务", "促进义务教育优质均衡发展", "规范教育教学行为", "严格在职教师管理", "提升课堂教学质量",
            "加强组织领导", "建立协调机制", "强化督查和宣传引导"]

# What the text leaves open, how the pack reads it, and how a district or school makes it stricter.
READINGS = [
    ("A1", "“平均”是对什么平均", "每班每天：各学科预计用时相加，逐日核对，不取周平均", "下调 `minutes`"),
    ("A2", "教师预计还是实测", "以预计用时为准；记录中没有实测用时", "另加规则"),
    ("A3", "在校完成的算不算", "算：课堂以外布置的书面作业，不论在哪里完成", "已是较严的读法"),
    ("A4", "分层、选做怎么算", "分层组取用时最多的一层；选做不计入，连同选做超出时提醒", "`tighten` 把 `homework.minutes-with-optional.*` 的严重程度提为违规"),
    ("A5", "周末、节假日、长作业", "完成日前隔着非教学日的按批次：超过一天的量提醒，超过一天的量×天数违规；平日长作业按天分摊；超过 14 天的按寒暑假作业只作提示",
     "`tighten` 把 `homework.batch-minutes.*` 的 `at_most` 定为 `params.minutes[stage]`"),
    ("A6", "没有用时、区间", "没有用时则当天无法判定，除非已知部分已超出；区间取中间值，按上限超出时提醒", "`tighten` 提高 `homework.upper-minutes.*` 的严重程度"),
    ("A7", "晚自习与作业", "按学生、按当天：参加了晚自习，当天就不应有家庭书面作业；只有班级记录时提醒", "`tighten` 提高 `evening.no-homework-home-for-class` 的严重程度"),
    ("A8", "“一次期末考试”", "上限而非义务；同一考试编号算一次，没有编号的同类考试间隔不超过 5 个教学日算一次；补考、缓考不计；同一科目考两天违规", "下调 `finals`"),
    ("A9", "“一次期中考试”", "每学期、每学科、仅初中", "下调 `midterms`"),
    ("A10", "“一般不早于”", "以当天最晚一场为准；一学期不超过一成的天数提前只提醒，超过即违规", "下调 `early_share`，或上调 `service_end`"),
    ("A11", "“区域性”“跨校际”", "组织者高于学校，或同一编号有两所以上学校；日期相同不算；上级命题提醒", "增加 `regional_words`、`joint_words`"),
    ("A12", "等级制", "只看呈现给学生、家长、社会的；2 至 5 个等级；学业水平考试除外", "国家规定另以 4 至 5 个等级为一般（`usual_bands`）"),
    ("A13", "变相考试", "周考、月考、单元等字样违规；测试、测验、限时训练等字样提醒；一学期同一学科名称不明的计分考试超过两次提醒；不计分的不算", "增加 `banned_words`、`suspect_words`，下调 `scored_events`"),
    ("A14", "毕业年级模拟考试", "方案未作规定，从国家规定：第二学期，至多两次", "下调 `mocks`"),
    ("A15", "质量监测", "小学最后两个年级或初中一年级；每学年一次，只在一个学段；参加比例达 0.95 不算抽样，过半提醒；区级及以上组织", "下调 `upper_primary_grades`、`large_sample`"),
    ("A16", "八年级生物、地理学业水平考试", "不属本方案所指的考试", "—"),
    ("A17", "自何时起", "2021-11-19 起的记录；按学期计次时，含当天起有记录的整个学期", "—"),
    ("A18", "适用范围", "义务教育阶段一至九年级；特殊教育学校不适用", "另加规则"),
    ("A19", "六三学制学校的六年级", "按学校自己的学制是小学；方案没有上限，从国家规定 60 分钟", "—"),
    ("A20", "年级不明", "无法判定，不推测", "—"),
    ("A21", "没有记录", "不等于没有发生：没有提供的数据无法判定；`coverage` 表说明数据覆盖到哪里", "—"),
]

NATIONAL = [
    ("作业时长", "小学其他年级 60 分钟、初中 90 分钟", "三至五年级 60 分钟、初中 90 分钟", "同一上限 `minutes`；五四学制六年级按初中；六三学制六年级从国家规定"),
    ("课后服务结束时间", "不早于当地正常下班时间", "17:30 / 18:00", "从方案"),
    ("集体讲课", "不得讲新课", "不得集体讲课", "从方案（更严）"),
    ("晚自习", "可在工作日开设", "另：书面作业不带回家", "从方案"),
    ("毕业年级模拟考试", "第二学期一至两次", "没有规定", "从国家规定（A14）"),
    ("等级个数", "一般四至五等", "等级制，没有个数", "超过五个违规；不是四至五个提示"),
    ("质量监测", "未见原文", "抽样、一次", "从方案"),
    ("公布结果", "不公布", "只禁止排名", "从国家规定"),
]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def rules():
    found = {}
    for path in sorted(glob.glob(os.path.join(PACK, "*.yaml"))):
        for block in re.split(r"^- id: ", read(path), flags=re.M)[1:]:
            title = re.search(r"^  title: \{zh: (.*?), en: ", block, re.M)
            severity = re.search(r"^  severity: (\w+)", block, re.M)
            if title and severity:
                found[block.split("\n", 1)[0].strip()] = (title[1], SEVERITY[severity[1]])
    return found


def clauses():
    out = []
    for block in re.split(r"^  (?=\d+\.)", read(os.path.join(PACK, "clauses.yaml")), flags=re.M)[1:]:
        quote = re.search(r'^    quote: "(.*)"$', block, re.M)[1]
        held = re.search(r"^    rules: \[(.*)\]$", block, re.M)
        filing = re.search(r"^    attested_by: (\S+)$", block, re.M)
        reason = re.search(r"^    reason: \{zh: (.*?), en: .*\}$", block, re.M)
        out.append((block.split(":", 1)[0], quote, held[1].split(", ") if held else [], filing and filing[1],
                    reason and reason[1].strip('"')))
    return out


def page():
    known = rules()
    out = ["# 环翠区“减负提质”方案：逐条核对表\n",
           "本页由 `tests/rules/clause_table.py` 从 `rules/huancui-2021/` 生成，请勿手改。`policy explain 2.1b` 显示一条的原文、规则、参数和所需数据。\n",
           "方案共十五部分，按责任拆为 83 条。每条或由规则核对，或以备案材料为证，或写明为什么不能由数据核对。没有数据时一律“无法判定”，不算通过。\n",
           "## 逐条核对\n"]
    section = 0
    for number, quote, held, filing, reason in clauses():
        if int(number.split(".")[0]) != section:
            section = int(number.split(".")[0])
            out += [f"### {section}. {SECTIONS[section - 1]}\n", "| 条款 | 原文 | 核对 |", "| --- | --- | --- |"]
        how = [f"`{rule}`（{known[rule][1]}）{known[rule][0]}" for rule in held]
        if filing:
            how.append(f"以备案材料 `{filing}` 为证")
        if reason:
            how.append(reason)
        out.append(f"| {number} | {quote} | {'<br>'.join(how)} |")
        following = [c for c in clauses() if int(c[0].split('.')[0]) == section]
        if following[-1][0] == number:
            out.append("")
    out += ["## 对模糊之处的解读\n", "规则只能由下位规则包收紧。要采用更宽的读法，须由制定方案的区教体局修改本规则包。\n",
            "| 编号 | 问题 | 采用的读法 | 收紧的办法 |", "| --- | --- | --- | --- |"]
    out += [f"| {a} | {b} | {c} | {d} |" for a, b, c, d in READINGS]
    out += ["\n## 与国家规定的关系\n", "本规则包建立在 `national-2021` 之上。方案自己规定了的由方案判定，不重复；方案没有规定的由国家规定判定。\n",
            "| 事项 | 国家规定 | 方案 | 判定 |", "| --- | --- | --- | --- |"]
    out += [f"| {a} | {b} | {c} | {d} |" for a, b, c, d in NATIONAL]
    return "\n".join(out) + "\n"


def main():
    text = page()
    if "--check" in sys.argv[1:]:
        if not os.path.exists(PAGE) or read(PAGE) != text:
            sys.exit("docs/huancui-2021.md is not what the pack says: run python3 tests/rules/clause_table.py")
    else:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
