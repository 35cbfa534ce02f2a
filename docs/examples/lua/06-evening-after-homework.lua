-- 当天布置了家庭书面作业的班级，不应再组织学生晚自习：出勤和作业两种记录，通过统计量联系起来。
-- Two record types through a measure: no evening study for a class that was given homework that day.
measure{
  id = "home_items",
  table = "homework",
  when = "form == 'written' && place == 'home'",
  per = {"school", "grade", "class", "assigned"},
  measure = "count()",
  title = {zh = "家庭书面作业项数", en = "written items to do at home"},
}
let("evening_attendance", {
  items = "home_items(school, grade, class, date)",
})

rule{
  id = "school.evening-after-homework",
  table = "evening_attendance",
  severity = "warning",
  needs = {"items"},
  check = function(r)
    if r.items == nil then return nil end -- no homework table: unknown, not zero
    return {pass = r.items == 0, value = r.items, limit = 0}
  end,
  message = {
    zh = "{school}{grade}年级{class}{date}已布置家庭书面作业{value}项，仍组织晚自习",
    en = "{school} grade {grade} {class}, {date}: evening study although {value} written items were set for home",
  },
}
