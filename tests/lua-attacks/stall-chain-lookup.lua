-- stalls: time
-- Each look-up walks a chain of thousands: the clock is the backstop.
rule{id = 'attack.row', table = 'work', check = function(r)
  local t = {} for k = 1, 8190 do t[k * 8191] = k end while true do local _ = t[8191] local _ = t[8191 * 4000] local _ = t[8191 * 8190] end
end}
