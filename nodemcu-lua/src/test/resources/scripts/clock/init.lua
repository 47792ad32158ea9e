-- Fetches the date, tells the time at each minute.
sntp.sync("pool.ntp.org", function(sec, usec, server)
  local t = rtctime.epoch2cal(sec)
  print(string.format("%04d-%02d-%02d %02d:%02d:%02d", t.year, t.mon, t.day, t.hour, t.min, t.sec), server)
  cron.schedule("* * * * *", function() print("minute", (rtctime.get()) % 3600) end)
end, function(code) print("sntp failed", code) end)
