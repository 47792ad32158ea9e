-- A thermometer with a fan: publishes the temperature every ten seconds, switches the fan on command or when it is too hot.
local FAN, SENSOR = 1, 4
gpio.mode(FAN, gpio.OUTPUT)
gpio.write(FAN, gpio.LOW)

local function fan(client, on)
  gpio.write(FAN, on and gpio.HIGH or gpio.LOW)
  client:publish("room/fan", on and "on" or "off", 0, 1)
end

m = mqtt.Client("room", 60)
m:lwt("room/status", "offline", 0, 1)
m:on("message", function(client, topic, data) fan(client, data == "on") end)
m:on("offline", function() node.restart() end)
m:connect("broker.example.com", 1883, 0, 0, function(client)
  client:publish("room/status", "online", 0, 1)
  client:subscribe("room/fan/set", 0)
  tmr.create():alarm(10000, tmr.ALARM_AUTO, function()
    local status, temperature = dht.read(SENSOR)
    if status ~= dht.OK then return end
    client:publish("room/temperature", string.format("%.1f", temperature), 0, 0)
    if temperature > 30 and gpio.read(FAN) == gpio.LOW then fan(client, true) end
  end)
end, function(client, reason) print("failed reason: " .. reason) end)
