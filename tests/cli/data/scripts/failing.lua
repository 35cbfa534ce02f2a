rule{
  id = "school.fails",
  table = "homework",
  needs = {"subject"},
  message = {zh = "不会用到"},
  check = function(r)
    return rates[r.subject] > 1
  end,
}
