-- Runs once in each new state, before any script, with the real libraries in reach. It removes what a device does not
-- have and returns the watchdog and the error handler. Nothing here may use a global when it is called: a script can
-- replace globals.
local budget, limit, host = ...
local G, debug, rawstring, rawtable, math, coroutine, package =
  _G, debug, string, table, math, coroutine, package
local sethook, traceback, getmt = debug.sethook, debug.traceback, debug.getmetatable
local error, type, tostring, pairs, next, select, setmetatable, getmetatable, rawxpcall, rawpcall, gc =
  error, type, tostring, pairs, next, select, setmetatable, getmetatable, xpcall, pcall, collectgarbage
local EVERY, BEATS = 16, 1024

-- Numbers, case and order are the device's, whatever locale the desktop has told the C library.
for _, category in pairs({ "numeric", "ctype", "collate" }) do
  if os.setlocale(nil, category) ~= "C" then os.setlocale("C", category) end
end

-- The watchdog. The host sets its first upvalue before each call into Lua. It looks at the clock every BEATS calls, and
-- sooner after native functions that may have taken long.
local left, tripped, beats, calls = budget, false, 0, 0
local overtime = host.overtime
local watch
watch = function()
  left = left - EVERY
  calls = calls + 1
  beats = beats + 1
  if beats > BEATS then
    beats = 0
    if overtime() then left = -1 end
  end
  if left < 0 or gc("count") > limit then
    if left >= 0 then
      -- One collection only halves the buffer that Lua keeps from a long concatenation.
      local before
      repeat
        before = gc("count")
        gc("collect")
        if gc("count") <= limit * 0.9 then return end
      until gc("count") > before * 0.9
    end
    -- From here on every instruction raises, so that no pcall of the script can hold the error up.
    tripped = true
    sethook(watch, "", 1)
    -- The host sets a budget far below zero when the memory of its objects is used up.
    local why = left < 0 and left > -1e12 and "watchdog: the callback ran too long" or "not enough memory"
    left = -1
    error(why, 2)
  elseif tripped then
    tripped = false
    sethook(watch, "", EVERY)
  end
end
sethook(watch, "", EVERY)

-- Notes that a native function takes about this many elementary steps, some 5 ns each.
local function took(steps)
  beats = beats + steps / 20000
end

-- A traceback without the lines of the host: those of this file, and of the C functions that it calls in the script's place.
local gsub, find = rawstring.gsub, rawstring.find
local hidden = { rawpcall = true, rawxpcall = true, rawload = true, rawsetmetatable = true }
local function trace(message, level)
  return (gsub(traceback(message, level + 1), "\n\t[^\n]*", function(line)
    local _, _, name = find(line, "in function '(%l+)'$")
    if hidden[name or ""] or find(line, "[prelude]", 1, true) then return "" end
  end))
end

local function handler(e)
  if type(e) ~= "string" then
    local text = type(e) == "table" and (getmetatable(e) or {}).__tostring and "(error object with __tostring)"
    if type(e) ~= "number" then e = text or "(error object is a " .. type(e) .. " value)" end
  end
  return traceback(e, 2)
end

-- An error inside the hook, such as a stack that is full when it is called, reaches the script's handler while Lua calls
-- no hook: nothing could end that handler, so it does not run.
local function iswatched()
  local before = calls
  sethook(watch, "", 1)
  local n = 0
  n = n + 1
  sethook(watch, "", tripped and 1 or EVERY)
  return calls ~= before
end
G.xpcall = function(f, h)
  return rawxpcall(f, function(e)
    if tripped or not iswatched() then return e end
    return h(e)
  end)
end

G.collectgarbage = function(what, ...)
  if what == nil or what == "collect" then
    took(gc("count") * 1000)
    gc("collect")
    return 0
  end
  if what == "count" then return gc(what) end
  if what == "step" then
    took(gc("count") * 1000)
    return gc(what)
  end
  return 0
end

-- Chunks: source text, or what string.dump returned in this process; only from the device's own files.
local rawload, concat, byte, verified = loadstring, rawtable.concat, rawstring.byte, host.verified
local function loadstring(s, name)
  if type(s) ~= "string" then
    error("bad argument #1 to 'loadstring' (string expected, got " .. type(s) .. ")", 2)
  end
  if byte(s) == 27 then
    local chunk = verified(s)
    if not chunk then return nil, "binary chunks of other compilers do not run here; load the source" end
    return rawload(chunk, name or "=?")
  end
  took(#s * 10)
  return rawload(s, name or s)
end
local loadfile = host.loadfile
G.loadstring = loadstring
G.load = function(f, name)
  if type(f) ~= "function" then
    error("bad argument #1 to 'load' (function expected, got " .. type(f) .. ")", 2)
  end
  local pieces, total = {}, 0
  while true do
    local piece = f()
    if piece == nil or piece == "" then break end
    if type(piece) ~= "string" then return nil, "reader function must return a string" end
    total = total + #piece
    if total > limit * 1024 then return nil, "not enough memory" end
    pieces[#pieces + 1] = piece
  end
  return loadstring(concat(pieces), name or "=(load)")
end
G.loadfile = loadfile
G.dofile = function(name)
  if type(name) ~= "string" then
    error("bad argument #1 to 'dofile' (string expected, got " .. type(name) .. ")", 2)
  end
  local f, problem = loadfile(name)
  if not f then error(problem, 0) end
  return f()
end
local lookupglobal = host.global
package.loaders = {
  package.loaders[1],
  function(name)
    local tried = ""
    for _, ending in pairs({ ".lc", ".lua" }) do
      local f, problem = loadfile(name .. ending, true)
      if f then return f end
      if problem ~= "cannot open " .. name .. ending then error(problem, 0) end
      tried = tried .. "\n\tno file '" .. name .. ending .. "'"
    end
    local rom = lookupglobal(nil, name)
    if rom ~= nil then return function() return rom end end
    return tried
  end,
}
package.path, package.cpath, package.loadlib, package.config = "?.lc;?.lua", nil, nil, nil

local out = host.print
G.print = function(...)
  local n = select("#", ...)
  if n == 1 then out(tostring((...))) return end
  local t, total = { ... }, 0
  for i = 1, n do
    t[i] = tostring(t[i])
    if type(t[i]) == "string" then total = total + #t[i] + 1 end
    if total > limit * 1024 then error("not enough memory", 2) end
  end
  out(concat(t, "\t", 1, n))
end

-- Coroutines inherit the watchdog's hook but not its function. Lua never forgets a hook's function, not even when the
-- coroutine is gone: so once in a while all are taken away and given again to the coroutines that are left.
local create, resume, status = coroutine.create, coroutine.resume, coroutine.status
local hooks, mainkey
for _, t in pairs(debug.getregistry()) do
  if type(t) == "table" then
    for key, hook in next, t do
      if hook == watch and type(key) == "userdata" then hooks, mainkey = t, key end
    end
  end
end
local alive, spawned = setmetatable({}, { __mode = "k" }), 0
local function tidy()
  for key in next, hooks do
    if key ~= mainkey then hooks[key] = nil end
  end
  for co in next, alive do
    if status(co) ~= "dead" then sethook(co, watch, "", tripped and 1 or EVERY) end
  end
end
local function spawn(f, name)
  if type(f) ~= "function" then
    error("bad argument #1 to '" .. name .. "' (Lua function expected)", 3)
  end
  local ok, co = rawpcall(create, f)
  if not ok then error("bad argument #1 to '" .. name .. "' (Lua function expected)", 3) end
  sethook(co, watch, "", EVERY)
  alive[co] = true
  spawned = spawned + 1
  if spawned % 1000 == 0 then tidy() end
  return co
end
local function after(co, ...)
  if status(co) == "dead" then sethook(co) end
  return ...
end
coroutine.create = function(f) return (spawn(f, "create")) end
coroutine.resume = function(co, ...)
  if type(co) ~= "thread" then error("bad argument #1 to 'resume' (coroutine expected)", 2) end
  return after(co, resume(co, ...))
end
local function unwrap(ok, ...)
  if not ok then error((...), 0) end
  return ...
end
coroutine.wrap = function(f)
  local co = spawn(f, "wrap")
  return function(...) return unwrap(after(co, resume(co, ...))) end
end

-- Native functions that no hook sees: checked and bounded before they start.
local tonumber, floor, rawunpack, rawget, rawsetmetatable = tonumber, math.floor, unpack, rawget, setmetatable
-- Arguments of native functions are C ints; nothing sensible is larger.
local MOST = 2147483647

-- Gives the results of a protected native call; its error is raised for the line of the script, with the function's name.
local function results(name, ok, ...)
  if ok then return ... end
  local e = ...
  -- An error of a function of the script has its place already.
  if type(e) ~= "string" or find(e, "^[^\n]*:%d+: ") then error(e, 0) end
  error((gsub(e, "to '%?'", "to '" .. name .. "'", 1)), 3)
end

local function kind(v)
  return v == nil and "nil" or type(v)
end

local function integer(v, index, name)
  local n = tonumber(v)
  if n == nil or type(v) ~= "number" and type(v) ~= "string" then
    error("bad argument #" .. index .. " to '" .. name .. "' (number expected, got " .. kind(v) .. ")", 3)
  end
  if not (n >= -MOST and n <= MOST) then
    error("bad argument #" .. index .. " to '" .. name .. "' (number out of range)", 3)
  end
  return n < 0 and -floor(-n) or floor(n)
end

local function array(v, name)
  if type(v) ~= "table" then
    error("bad argument #1 to '" .. name .. "' (table expected, got " .. kind(v) .. ")", 3)
  end
  return v
end

G.unpack = function(t, i, j)
  array(t, "unpack")
  i = i == nil and 1 or integer(i, 2, "unpack")
  j = j == nil and #t or integer(j, 3, "unpack")
  if i > j then return end
  if j - i >= 7000 then error("too many results to unpack", 2) end
  return results("unpack", rawpcall(rawunpack, t, i, j))
end
math.random, math.randomseed = host.random, function() end

-- The bounded functions of string and table are many and few scripts need them: they load when the script first names one.
-- The watchdog can end that anywhere; then the next name begins anew.
local string, table, loadbounds = {}, {}, host.bounds
local function bounded()
  local chunk, find1, plain, patterns, sign = loadbounds()
  local strings, tables = chunk(rawstring, rawtable, limit * 1024, took, kind, integer, array, results,
    error, type, tostring, select, rawpcall, floor, rawget, rawsetmetatable, next, find1, plain, patterns, sign)
  for name, f in next, strings do string[name] = f end
  for name, f in next, tables do table[name] = f end
  rawsetmetatable(string, nil)
  rawsetmetatable(table, nil)
end
local pending = {
  __index = function(lib, name)
    bounded()
    return rawget(lib, name)
  end,
}
rawsetmetatable(string, pending)
rawsetmetatable(table, pending)

-- What the device keeps in ROM cannot be written to, but can be walked with pairs().
local loaded, readonly, contents, tables = package.loaded, host.readonly, host.contents, {}
local function rom(lib)
  local t = setmetatable({}, { __index = lib, __newindex = readonly, __metatable = false })
  tables[t] = lib
  return t
end
local function walkable(t)
  if type(t) ~= "table" then return t end
  local mt = getmt(t)
  if not mt or mt.__metatable ~= false then return t end
  local lib = tables[t]
  if lib and getmt(lib) == pending then bounded() end
  return lib or contents(t) or t
end
G.pairs = function(t)
  if type(t) ~= "table" then
    error("bad argument #1 to 'pairs' (table expected, got " .. (t == nil and "nil" or type(t)) .. ")", 2)
  end
  return next, walkable(t), nil
end
G.next = function(t, k)
  if type(t) ~= "table" then
    error("bad argument #1 to 'next' (table expected, got " .. (t == nil and "nil" or type(t)) .. ")", 2)
  end
  return next(walkable(t), k)
end
G.string, G.table, G.math, G.coroutine = rom(string), rom(table), rom(math), rom(coroutine)
G.debug = rom({
  traceback = function(message, level)
    if message ~= nil and type(message) ~= "string" and type(message) ~= "number" then return message end
    level = type(level) == "number" and level >= 0 and level < 1000 and level or 1
    return trace(message or "", level + 1)
  end,
})
getmt("").__index = string
getmt("").__metatable = false
for name in pairs(loaded) do
  if name ~= "_G" and name ~= "package" then loaded[name] = nil end
end
for _, name in pairs({ "string", "table", "math", "coroutine" }) do loaded[name] = G[name] end
for _, name in pairs({ "java", "newproxy", "gcinfo", "os", "io" }) do G[name] = nil end

-- Modules appear as globals when a script first names them. A script that guards its globals with a metatable of its
-- own keeps seeing them.
G.setmetatable = function(t, m)
  if type(t) ~= "table" then
    error("bad argument #1 to 'setmetatable' (table expected, got " .. type(t) .. ")", 2)
  elseif m ~= nil and type(m) ~= "table" then
    error("bad argument #2 to 'setmetatable' (nil or table expected)", 2)
  end
  local old = getmt(t)
  if old and rawget(old, "__metatable") ~= nil then error("cannot change a protected metatable", 2) end
  if t ~= G or m == nil then return rawsetmetatable(t, m) end
  local index, newindex, guard = m.__index, m.__newindex, {}
  for k, v in pairs(m) do guard[k] = v end
  guard.__index = function(_, k)
    local v = lookupglobal(nil, k)
    if v ~= nil or index == nil then return v end
    if type(index) == "function" then return index(t, k) end
    return index[k]
  end
  if type(newindex) == "function" then
    guard.__newindex = function(_, k, v)
      if k ~= "__jthrowable__" then return newindex(t, k, v) end
    end
  end
  return rawsetmetatable(t, guard)
end
rawsetmetatable(G, { __index = lookupglobal })

return watch, handler
