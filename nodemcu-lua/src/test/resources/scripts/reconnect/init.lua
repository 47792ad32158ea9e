-- Connects again by a timer, on its own.
m = mqtt.Client("again", 10)
local tries = 0
local retry = tmr.create()
local function connect()
  tries = tries + 1
  print("try", tries)
  m:connect("broker", 1883, 0, function(c)
    print("connected")
    c:publish("again/hello", tries, 0, 0)
  end, function(c, reason)
    print("failed", reason)
    retry:alarm(10 * 1000, tmr.ALARM_SINGLE, connect)
  end)
end
m:on("offline", function() print("offline") retry:alarm(5000, tmr.ALARM_SINGLE, connect) end)
connect()
