-- Takes a file in pieces over MQTT, compiles it and runs it.
m = mqtt.Client("loader", 60)
m:on("message", function(c, topic, data)
  if topic == "file/begin" then
    file.open(data, "w+")
  elseif topic == "file/data" then
    file.write(data)
  elseif topic == "file/end" then
    file.close()
    node.compile(data)
    file.remove(data)
    local name = data:gsub("%.lua$", ".lc")
    print(file.exists(data), file.exists(name))
    dofile(name)
  end
end)
m:connect("broker", 1883, 0, function(c)
  c:subscribe({ ["file/begin"] = 1, ["file/data"] = 1, ["file/end"] = 1 }, function()
    c:publish("file/begin", "new.lua", 1, 0)
    c:publish("file/data", "local x = 6\n", 1, 0)
    c:publish("file/data", "print('new code', x * 7, string.byte('\255'))\n", 1, 0)
    c:publish("file/end", "new.lua", 1, 0)
  end)
end)
