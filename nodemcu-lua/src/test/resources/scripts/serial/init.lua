-- A bridge from the serial port to MQTT, line by line, bytes unchanged.
m = mqtt.Client("bridge", 60)
m:connect("broker", 1883, 0, function()
  uart.on("data", "\n", function(line)
    m:publish("serial/in", line:sub(1, -2), 0, 0)
    uart.write(0, "ok\n")
  end, 0)
end)
