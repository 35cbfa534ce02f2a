-- 各班一天的学科数：作业不宜铺开，也不宜全压在一科上。规则建在统计量上，记录已由规则包汇总。
-- A check on a measure: how many subjects set homework in one class on one day.
measure{
  id = "subjects_a_day",
  table = "homework",
  when = "form == 'written' && has(subject)",
  per = {"school", "grade", "class", "assigned"},
  measure = "count_distinct(subject)",
  title = {zh = "当天布置书面作业的学科数", en = "subjects with written homework on one day"},
}

local most = {[3] = 2, [4] = 2, [5] = 3}

rule{
  id = "school.subjects-a-day",
  table = "subjects_a_day",
  severity = "warning",
  when = "grade >= 3 && grade <= 5",
  needs = {"grade", "value"},
  check = function(r)
    return {pass = r.value <= most[r.grade], value = r.value, limit = most[r.grade]}
  end,
  message = {
    zh = "{school}{grade}年级{class}{assigned}有{value}科布置书面作业，超过{limit}科",
    en = "{school} grade {grade} {class}, {assigned}: written homework in {value} subjects",
  },
}
