-- Runs once in each new state, before any script, with the real libraries in reach. It takes away what a device does
-- not have, bounds what could hurt the host, and returns the watchdog and the error handler. Nothing here may use a
-- global when it is called: a script can replace globals.
local budget, limit, lookupglobal, loadfile, out, forget, find1, slowpatterns, random, randomseed, readonly = ...
local G, debug, string, table, math, coroutine, package =
  _G, debug, string, table, math, coroutine, package
local sethook, traceback = debug.sethook, debug.traceback
local error, type, tostring, pairs, select, rawset, setmetatable, getmetatable, rawxpcall, gc =
  error, type, tostring, pairs, select, rawset, setmetatable, getmetatable, xpcall, collectgarbage
local EVERY = 16

-- The watchdog. Its first upvalue is set by the host before each call into Lua.
local left, tripped = budget, false
local watch
watch = function()
  left = left - EVERY
  if left < 0 or gc("count") > limit then
    if left >= 0 then
      gc("collect")
      if gc("count") <= limit * 0.9 then return end
    end
    -- From here on every instruction raises, so that no pcall of the script can hold the error up.
    tripped = true
    sethook(watch, "", 1)
    local why = left < 0 and "watchdog: the callback ran too long" or "not enough memory"
    left = -1
    error(why, 2)
  elseif tripped then
    tripped = false
    sethook(watch, "", EVERY)
  end
end
sethook(watch, "", EVERY)

local function handler(e)
  if type(e) ~= "string" then
    local text = type(e) == "table" and (getmetatable(e) or {}).__tostring and "(error object with __tostring)"
    if type(e) ~= "number" then e = text or "(error object is a " .. type(e) .. " value)" end
  end
  return traceback(e, 2)
end

G.xpcall = function(f, h)
  return rawxpcall(f, function(e)
    if tripped then return e end
    return h(e)
  end)
end

G.collectgarbage = function(what, ...)
  if what == nil or what == "collect" then gc("collect") return 0 end
  if what == "count" or what == "step" then return gc(what, ...) end
  return 0
end

-- Chunks: text only, from the device's own files only.
local rawloadstring, concat, byte = loadstring, table.concat, string.byte
local function loadstring(s, name)
  if type(s) ~= "string" then
    error("bad argument #1 to 'loadstring' (string expected, got " .. type(s) .. ")", 2)
  end
  if byte(s) == 27 then return nil, "binary chunks are not run here" end
  return rawloadstring(s, name or s)
end
G.loadstring = loadstring
G.load = function(f, name)
  local pieces = {}
  while true do
    local piece = f()
    if piece == nil or piece == "" then break end
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
package.loaders = {
  package.loaders[1],
  function(name)
    local tried = ""
    for _, ending in pairs({ ".lc", ".lua" }) do
      local f, problem = loadfile(name .. ending)
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

G.print = function(...)
  local n = select("#", ...)
  if n == 1 then out(tostring((...))) return end
  local t = { ... }
  for i = 1, n do t[i] = tostring(t[i]) end
  out(concat(t, "\t"))
end

-- Coroutines inherit the watchdog's hook but not its function.
local create, resume, status = coroutine.create, coroutine.resume, coroutine.status
local function spawn(f)
  local co = create(f)
  sethook(co, watch, "", EVERY)
  return co
end
local function after(co, ...)
  if status(co) == "dead" then forget(co) end
  return ...
end
coroutine.create = spawn
coroutine.resume = function(co, ...)
  if type(co) ~= "thread" then error("bad argument #1 to 'resume' (coroutine expected)", 2) end
  return after(co, resume(co, ...))
end
local function unwrap(ok, ...)
  if not ok then error((...), 0) end
  return ...
end
coroutine.wrap = function(f)
  local co = spawn(f)
  return function(...) return unwrap(after(co, resume(co, ...))) end
end

-- Native loops that no hook sees: bounded before they start.
local room = limit * 1024
local rep, rawconcat = string.rep, table.concat
string.rep = function(s, n)
  if type(s) == "number" then s = tostring(s) end
  if type(s) == "string" and type(n) == "number" and #s * n > room then error("not enough memory", 2) end
  return rep(s, n)
end
table.concat = function(t, sep, i, j)
  if type(t) ~= "table" then error("bad argument #1 to 'concat' (table expected, got " .. type(t) .. ")", 2) end
  local total, gap = 0, type(sep) == "string" and #sep or 0
  for k = i or 1, j or #t do
    local v = t[k]
    if type(v) == "string" then total = total + #v end
    total = total + gap
    if total > room then error("not enough memory", 2) end
  end
  return rawconcat(t, sep, i, j)
end

-- A pattern with several repetitions can take longer than the universe has: such calls go through a matcher that counts.
local rawgsub, costs, slow = string.gsub, setmetatable({}, { __mode = "k" }), nil
local function cheap(s, p)
  if type(s) ~= "string" or type(p) ~= "string" then return true end
  local k = costs[p]
  if not k then
    local _
    _, k = rawgsub(p, "[%*%+%-%?]", "")
    costs[p] = k
  end
  return k == 0 or k < 12 and #p < 200 and (#s + 1) ^ (k + 1) <= 1e7
end
for _, name in pairs({ "find", "match", "gmatch", "gsub" }) do
  local raw = string[name]
  string[name] = function(s, p, a, b)
    if type(s) == "number" then s = tostring(s) end
    if type(p) == "number" then p = tostring(p) end
    if type(s) ~= "string" then
      error("bad argument #1 to '" .. name .. "' (string expected, got " .. (s == nil and "no value" or type(s)) .. ")", 2)
    end
    if type(p) ~= "string" then
      error("bad argument #2 to '" .. name .. "' (string expected, got " .. (p == nil and "no value" or type(p)) .. ")", 2)
    end
    if (name == "find" and b or cheap(s, p))
      and not (name == "gsub" and type(a) == "string" and (#s + 1) * #a > room) then
      return raw(s, p, a, b)
    end
    slow = slow or slowpatterns()(find1, error, type, tostring, concat)
    return slow[name](s, p, a, b)
  end
end
string.gfind = string.gmatch
math.random, math.randomseed = random, randomseed

-- What the device keeps in ROM cannot be written to.
local loaded = package.loaded
local function rom(lib)
  return setmetatable({}, { __index = lib, __newindex = readonly, __metatable = false })
end
G.string, G.table, G.math, G.coroutine = rom(string), rom(table), rom(math), rom(coroutine)
G.debug = rom({ traceback = traceback })
getmetatable("").__index = string
getmetatable("").__metatable = false
for name in pairs(loaded) do
  if name ~= "_G" and name ~= "package" then loaded[name] = nil end
end
for _, name in pairs({ "string", "table", "math", "coroutine" }) do loaded[name] = G[name] end
for _, name in pairs({ "java", "newproxy", "gcinfo", "os", "io" }) do G[name] = nil end

-- Modules appear as globals when a script first names them. A script that guards its globals with a metatable of its
-- own keeps seeing them.
local rawsetmetatable = setmetatable
G.setmetatable = function(t, m)
  if t ~= G or type(m) ~= "table" then return rawsetmetatable(t, m) end
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
