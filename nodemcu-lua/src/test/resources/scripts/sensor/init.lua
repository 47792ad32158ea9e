-- A thermometer that tells its reading every ten seconds.
local broker, topic = "m11.cloudmqtt.com", "home/kitchen/temperature"
m = mqtt.Client("kitchen", 120, "user", "password")
m:lwt("home/kitchen/status", "offline", 0, 1)
m:connect(broker, 1883, 0, function(client)
  client:publish("home/kitchen/status", "online", 0, 1)
  tmr.create():alarm(10000, tmr.ALARM_AUTO, function()
    local status, temp, humi = dht.read(4)
    if status == dht.OK then
      client:publish(topic, string.format("%.1f", temp), 0, 0, function() print("sent", temp, humi) end)
    end
  end)
end, function(client, reason) print("failed reason: " .. reason) end)
