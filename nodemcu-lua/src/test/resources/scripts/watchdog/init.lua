-- A loop without an end, inside pcall: the watchdog bites all the same.
local _, reason = node.bootreason()
if reason == 3 then print("bitten") return end
print("looping")
pcall(function() while true do end end)
print("never reached")
