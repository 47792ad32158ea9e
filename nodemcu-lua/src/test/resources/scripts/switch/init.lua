-- A button on pin 3, with a timer against its bounce.
local PIN, on = 3, false
gpio.mode(PIN, gpio.INT, gpio.PULLUP)
m = mqtt.Client("switch", 60)
m:connect("broker", 1883, 0, 0, function(c) print("ready") end)
local quiet = 0
gpio.trig(PIN, "down", function(level, when)
  if tmr.now() - quiet < 200000 then return end
  quiet = tmr.now()
  on = not on
  print("pressed", level, on)
  if m:publish("switch/state", on and "ON" or "OFF", 1, 0) then print("accepted") end
end)
