-- An error in a callback: traceback, restart, and the next boot knows.
local _, reason = node.bootreason()
print("boot reason", reason)
if reason == 2 then print("recovered") return end
tmr.create():alarm(2000, tmr.ALARM_SINGLE, function()
  local config = nil
  print(config.name)
end)
