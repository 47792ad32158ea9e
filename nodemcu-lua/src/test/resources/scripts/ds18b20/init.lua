-- Two thermometers on one wire, read as the Lua library for them does.
local pin = 5
ow.setup(pin)
ow.reset_search(pin)
local found = {}
local rom = ow.search(pin)
while rom do
  if ow.crc8(string.sub(rom, 1, 7)) == rom:byte(8) and rom:byte(1) == 0x28 then found[#found + 1] = rom end
  rom = ow.search(pin)
end
print("found", #found)
m = mqtt.Client("wire", 60)
m:connect("broker", 1883, 0, function(c)
  for i, r in ipairs(found) do
    ow.reset(pin) ow.select(pin, r) ow.write(pin, 0x44, 1)
    tmr.delay(750000)
    ow.reset(pin) ow.select(pin, r) ow.write(pin, 0xBE, 1)
    local data = ow.read_bytes(pin, 9)
    assert(ow.crc8(data:sub(1, 8)) == data:byte(9))
    local raw = data:byte(1) + data:byte(2) * 256
    if raw > 32767 then raw = raw - 65536 end
    c:publish("wire/" .. encoder.toHex(r), string.format("%.4f", raw / 16), 0, 0)
  end
end)
