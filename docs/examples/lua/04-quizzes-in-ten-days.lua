-- 同一班级同一学科，任意连续10个教学日内小测不超过2次。
-- No more than 2 quizzes of one subject in any 10 teaching days.
let("exam", {
  lesson_day = "teaching_days(term_start(exam_term), date)", -- teaching days of the term before this one
})

rule{
  id = "school.quizzes-in-ten-days",
  table = "exam",
  severity = "warning",
  when = "has(class) && has(subject) && contains_any(name, ['小测', '测验'])",
  per = {"school", "grade", "class", "subject", {term = "exam_term"}},
  needs = {"lesson_day"},
  fold = function(days, r)
    days[#days + 1] = r.lesson_day
  end,
  judge = function(days, key)
    table.sort(days)
    local most = 0
    for first = 1, #days do
      local last = first
      while days[last + 1] and days[last + 1] < days[first] + 10 do last = last + 1 end
      most = math.max(most, last - first + 1)
    end
    return {pass = most <= 2, value = most, limit = 2}
  end,
  message = {
    zh = "{school}{grade}年级{class}{subject}在10个教学日内小测{value}次，超过{limit}次",
    en = "{school} grade {grade} {class}: {value} {subject} quizzes in 10 teaching days, more than {limit}",
  },
}
