-- A device that publishes its temperature every two seconds. The fleet gives each device a name of its own.
local id = node.chipid()
local client = mqtt.Client("device-" .. id, 30)
local number = 0

client:on("message", function(_, topic, data)
    print("command " .. data)
end)

client:connect("127.0.0.1", 1883, false, function(connected)
    connected:subscribe("devices/" .. id .. "/commands", 1)
    tmr.create():alarm(2000, tmr.ALARM_AUTO, function()
        number = number + 1
        connected:publish("devices/" .. id .. "/telemetry",
            '{"number":' .. number .. ',"temperature":' .. (18 + number % 7) .. '}', 1, 0)
    end)
end)
