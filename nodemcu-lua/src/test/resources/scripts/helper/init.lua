-- Chained subscriptions with a helper module.
local helper = require("mqtt_helper")
m = mqtt.Client("chain", 120)
m:on("message", function(c, t, d) print("got", t, d) end)
m:connect("broker", 1883, 0, function(c)
  helper.subscribe_all(c, { "a/1", "a/2", "a/3" }, function(client)
    print("all subscribed")
    for i = 1, 3 do client:publish("a/" .. i, "n" .. i, 0, 0) end
    client:subscribe("b", 0)
  end)
end)
