-- Wakes, sends, and sleeps again when the message has left.
local boots = (rtcmem.read32(0)) + 1
rtcmem.write32(0, boots)
local _, why = node.bootreason()
print("boot", boots, why)
m = mqtt.Client("sleeper", 30)
m:connect("broker", 1883, 0, function(c)
  c:publish("sleeper/boots", boots, 0, 0, function()
    print("sleeping")
    node.dsleep(20 * 1000000)
    print("never reached")
  end)
end)
