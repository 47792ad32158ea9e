-- Firmware of 2015: numbered timers, global functions, polling for the address.
function start()
  m = mqtt.Client("old", 120, "", "")
  m:connect("192.168.1.10", 1883, 0, function(conn)
    print("connected")
    tmr.alarm(1, 5000, 1, function()
      m:publish("old/adc", adc.read(0), 0, 0, function(conn) print("sent") end)
    end)
  end)
end
tmr.alarm(0, 1000, 1, function()
  if wifi.sta.getip() == nil then
    print("waiting for IP")
  else
    tmr.stop(0)
    print("IP " .. wifi.sta.getip())
    start()
  end
end)
