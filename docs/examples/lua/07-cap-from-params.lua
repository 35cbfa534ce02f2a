-- 单项作业不超过当天总量上限的一半：上限取自规则包的参数，随学段和日期而定。
-- One item at most half of the day's cap, which comes from the pack's parameters.
let("homework", {
  day_cap = "params.minutes[stage]",
})

rule{
  id = "school.half-of-the-cap",
  table = "homework",
  severity = "info",
  when = "form == 'written' && required && stage in ['primary', 'junior']",
  needs = {"minutes", "day_cap"},
  check = function(r)
    local half = r.day_cap // 2
    return {pass = r.minutes <= half, value = r.minutes, limit = half}
  end,
  message = {
    zh = "{subject}一项作业{value}分钟，超过全天上限的一半（{limit}分钟）",
    en = "one {subject} item of {value} minutes, more than half of the day's cap ({limit})",
  },
}
