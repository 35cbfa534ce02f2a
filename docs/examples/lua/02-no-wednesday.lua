-- 星期三“无作业日”：只提醒，口头和阅读不算。
-- No homework on Wednesdays: a warning only; reading and oral work do not count.
rule{
  id = "school.no-wednesday",
  table = "homework",
  severity = "warning",
  when = "form == 'written'",
  needs = {"assigned"},
  check = function(r)
    -- A date is the text "2021-12-01"; Zeller's rule gives its weekday, 0 = Saturday.
    local y, m, d = r.assigned:match("^(%d+)-(%d+)-(%d+)$")
    y, m, d = tonumber(y), tonumber(m), tonumber(d)
    if m < 3 then y, m = y - 1, m + 12 end
    local weekday = (d + 13 * (m + 1) // 5 + y + y // 4 - y // 100 + y // 400) % 7
    return weekday ~= 4
  end,
  message = {
    zh = "{school}{grade}年级{class}在星期三（{assigned}）布置了{subject}书面作业",
    en = "{school} grade {grade} {class}: written {subject} homework on a Wednesday ({assigned})",
  },
}
