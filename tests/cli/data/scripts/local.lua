clause{id = "校本1", quote = "英语书面作业每项不超过20分钟。"}

rule{
  id = "school.english-minutes",
  clause = "校本1",
  table = "homework",
  when = "subject == '英语' && form == 'written'",
  needs = {"minutes"},
  check = function(r)
    return {pass = r.minutes <= 20, value = r.minutes, limit = 20}
  end,
  message = {
    zh = "{school}{grade}年级{class}{assigned}英语作业{value}分钟，超过{limit}分钟",
    en = "{school} grade {grade} {class}, {assigned}: {value} minutes of English homework, more than {limit}",
  },
}
