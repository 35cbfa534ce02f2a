-- 本校对变相考试的叫法：名单由学校自己维护。
-- A school's own list of names under which tests are held.
local names = {"周周清", "堂堂清", "闯关卷", "培优卷"}

rule{
  id = "school.exam-names",
  table = "exam",
  needs = {"name"},
  check = function(r)
    for _, word in ipairs(names) do
      if r.name:find(word, 1, true) then
        return {pass = false, message = {
          zh = "“" .. r.name .. "”含有“" .. word .. "”，属于学校不允许的变相考试",
          en = "the name " .. r.name .. " contains " .. word .. ", which the school does not allow",
        }}
      end
    end
    return true
  end,
}
