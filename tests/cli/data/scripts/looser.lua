tighten("homework.minutes", {at_most = 90})
param("minutes", 75)
