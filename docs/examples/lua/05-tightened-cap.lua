-- 全校书面作业总量再压低：小学45分钟，并把一条提醒升为违规。
-- A tightened cap, through the same gate as an overlay in YAML: what is looser than the base is refused.
param("minutes", {primary = 45})
tighten("homework.set-in-class", {severity = "violation"})
tighten("homework.daily-minutes.primary", {at_most = 40})
