param("minutes", {primary = 59})
