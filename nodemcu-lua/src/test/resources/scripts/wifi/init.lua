-- Waits for the network by events, and counts its losses.
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "secret" })
local losses = 0
wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(T)
  losses = losses + 1
  if losses <= 2 then print("lost", T.SSID, T.reason) end
end)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(T)
  print("ip", T.IP, T.gateway, wifi.sta.status() == wifi.STA_GOTIP)
  m = mqtt.Client("wifi", 30)
  m:connect("broker", 1883, 0, function(c) print("connected") c:publish("wifi/ip", wifi.sta.getip(), 0, 0) end)
end)
