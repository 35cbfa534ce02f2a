-- 空着的字段由脚本自己处理：没有写完成日期的作业，当作第二天交。
-- A script that handles what is missing: homework without a due date is due the next day.
rule{
  id = "school.long-project",
  table = "homework",
  severity = "info",
  needs = {"due", "minutes", "text"},
  check = function(r)
    if r.due ~= nil then return true end           -- a due date is given: nothing to say
    if r.minutes == nil then return nil end        -- cannot tell: unknown, with the missing field named
    return r.minutes <= 60
  end,
  message = {
    zh = "{subject}作业需{minutes}分钟，却没有写完成日期",
    en = "{subject} homework of {minutes} minutes without a due date",
  },
}
