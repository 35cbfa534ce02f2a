rule{
  id = "school.broken",
  table = "homework",
  check = function(r
    return true
  end,
}
