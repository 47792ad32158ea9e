-- A device that publishes its status once and its temperature every two seconds, and prints commands. The fleet gives each device an identity.
local id = node.chipid()
local client = mqtt.Client("device-" .. id, 30)
local number = 0

client:on("message", function(_, topic, data) print("command " .. data) end)

wifi.mode(wifi.STATION)
wifi.start()
wifi.sta.config({ ssid = "home", pwd = "secret-1" })
wifi.sta.on("got_ip", function()
  client:connect("127.0.0.1", 1883, 0, 0, function(connected)
    connected:subscribe("devices/" .. id .. "/commands", 1)
    connected:publish("devices/" .. id .. "/status", '{"online":true}', 1, 0)
    tmr.create():alarm(2000, tmr.ALARM_AUTO, function()
      number = number + 1
      local temperature = 18 + number % 7
      connected:publish("devices/" .. id .. "/telemetry",
        '{"number":' .. number .. ',"temperature":' .. temperature .. '}', 1, 0)
    end)
  end, function(_, reason) print("failed reason: " .. reason) end)
end)
wifi.sta.connect()
