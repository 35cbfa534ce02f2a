rule{
  id = "school.misspelt",
  table = "homework",
  needs = {"minuts"},
  check = function(r) return r.minutes <= 20 end,
}
rule{
  id = "school.condition",
  table = "homework",
  when = "form == 'writen'",
  check = function(r) return true end,
}
