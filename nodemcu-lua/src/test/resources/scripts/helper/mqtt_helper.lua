-- Subscribes to one topic after the other: the callback of each starts the next.
local M = {}
function M.subscribe_all(client, topics, done)
  local i = 0
  local function step(c)
    i = i + 1
    if topics[i] then
      print("subscribing", topics[i])
      c:subscribe(topics[i], 0, step)
    else
      done(c)
    end
  end
  step(client)
end
return M
