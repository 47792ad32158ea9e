-- Two publishes in a row: the last function is called for both.
m = mqtt.Client("twice", 60)
m:connect("broker", 1883, 0, function(c)
  c:publish("A", "1", 1, 0, function() print("f1") end)
  c:publish("B", "2", 1, 0, function() print("f2") end)
  print(c:publish("C", "3", 0, 0), c:subscribe("D", 0), c:unsubscribe("D"))
end)
