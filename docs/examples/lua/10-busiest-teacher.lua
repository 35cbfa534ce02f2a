-- 同一教师一周布置的书面作业，最重的一天不超过该周平均的两倍：要看一组记录的分布，fold 收集，judge 判断。
-- A teacher's heaviest day of a week at most twice the week's average: fold collects, judge decides.
rule{
  id = "school.even-week",
  table = "homework",
  severity = "info",
  when = "form == 'written' && has(teacher)",
  per = {"school", "teacher", {week = "week(assigned)"}},
  needs = {"assigned", "minutes"},
  fold = function(days, r)
    days[r.assigned] = (days[r.assigned] or 0) + r.minutes
  end,
  judge = function(days, key)
    local sum, count, most, worst = 0, 0, 0, nil
    for day, minutes in pairs(days) do -- pairs goes in the order of the dates, on every machine
      sum, count = sum + minutes, count + 1
      if minutes > most then most, worst = minutes, day end
    end
    if count < 2 or most * count <= 2 * sum then return true end
    return {pass = false, value = most, limit = 2 * sum / count, message = {
      zh = key.teacher .. "在" .. worst .. "布置" .. most .. "分钟，超过当周平均的两倍",
      en = key.teacher .. " set " .. most .. " minutes on " .. worst .. ", more than twice the week's average",
    }}
  end,
}
