-- The functions of Lua's own library that could harm the host: they loop, allocate or use the native stack in a way that
-- no hook sees. Each checks its arguments, estimates what the call costs and then calls the real function, or does the
-- work in steps that the watchdog counts. Loaded when a script first names a function of string or table, so everything
-- comes from the prelude: a script may have replaced globals by then.
local rawstring, rawtable, room, took, kind, integer, array, results,
  error, type, tostring, select, pcall, floor, rawget, setmetatable, next,
  find1, plain, slowpatterns, sign = ...
local rep, rawgsub, rawformat, rawfind, rawmatch, rawdump =
  rawstring.rep, rawstring.gsub, rawstring.format, rawstring.find, rawstring.match, rawstring.dump
local rawconcat, rawsort, rawinsert = rawtable.concat, rawtable.sort, rawtable.insert

-- The libraries as the script sees them: what is harmless as it is, and below what is not.
local string, table = {}, {}
for _, name in next, { "byte", "char", "len", "sub" } do string[name] = rawstring[name] end
for _, name in next, { "foreach", "foreachi", "getn", "maxn", "remove", "setn" } do table[name] = rawtable[name] end

local function text(v, index, name)
  if type(v) == "string" then return v end
  if type(v) == "number" then return tostring(v) end
  error("bad argument #" .. index .. " to '" .. name .. "' (string expected, got " .. kind(v) .. ")", 3)
end

local function memory(bytes)
  if bytes > room then error("not enough memory", 3) end
  took(bytes / 4)
end

string.rep = function(s, n)
  s, n = text(s, 1, "rep"), integer(n, 2, "rep")
  if s == "" or n <= 0 then return "" end
  memory(#s * n)
  return rep(s, n)
end

string.dump = function(f)
  if type(f) ~= "function" then
    error("bad argument #1 to 'dump' (function expected, got " .. kind(f) .. ")", 2)
  end
  return sign(results("dump", pcall(rawdump, f)))
end

string.format = function(format, ...)
  local fmt = text(format, 1, "format")
  local number = rawfind(fmt, "%d%d") and 450 or 64
  local factor = rawfind(fmt, "q", 1, true) and 4 or 1
  local total = #fmt
  for i = 1, select("#", ...) do
    local v = (select(i, ...))
    total = total + (type(v) == "string" and #v * factor + 2 or number)
  end
  memory(total)
  return results("format", pcall(rawformat, fmt, ...))
end

for _, name in next, { "upper", "lower", "reverse" } do
  local raw = rawstring[name]
  string[name] = function(s)
    s = text(s, 1, name)
    took(#s)
    return raw(s)
  end
end

table.concat = function(t, sep, i, j)
  array(t, "concat")
  sep = sep == nil and "" or text(sep, 2, "concat")
  i = i == nil and 1 or integer(i, 3, "concat")
  j = j == nil and #t or integer(j, 4, "concat")
  local total = 0
  for k = i, j do
    local v = rawget(t, k)
    if type(v) == "string" then
      total = total + #v + #sep
    elseif type(v) == "number" then
      total = total + 24 + #sep
    else
      break
    end
    if total > room then error("not enough memory", 2) end
  end
  return results("concat", pcall(rawconcat, t, sep, i, j))
end

table.insert = function(t, ...)
  array(t, "insert")
  local n = select("#", ...)
  if n == 1 then return rawinsert(t, (...)) end
  if n ~= 2 then error("wrong number of arguments to 'insert'", 2) end
  local at, v = ...
  local last = #t
  at = integer(at, 2, "insert")
  if at < 0 then error("bad argument #2 to 'insert' (position out of bounds)", 2) end
  if at <= last then took(last - at) end
  return rawinsert(t, at, v)
end

-- Native sorting without a function is fast, but quadratic for input made for it.
local function sift(t, low, high)
  local v = t[low]
  while true do
    local child = low * 2
    if child > high then break end
    if child < high and t[child] < t[child + 1] then child = child + 1 end
    if not (v < t[child]) then break end
    t[low] = t[child]
    low = child
  end
  t[low] = v
end
table.sort = function(t, less)
  array(t, "sort")
  if less ~= nil then
    if type(less) ~= "function" then
      error("bad argument #2 to 'sort' (function expected, got " .. kind(less) .. ")", 2)
    end
    return results("sort", pcall(rawsort, t, less))
  end
  local n = #t
  if n <= 500 then
    took(n * n)
    return results("sort", pcall(rawsort, t))
  end
  for i = floor(n / 2), 1, -1 do sift(t, i, n) end
  for last = n, 2, -1 do
    t[1], t[last] = t[last], t[1]
    sift(t, 1, last - 1)
  end
end

-- A pattern can take longer than anyone waits, or recurse through the native stack: such calls go to a matcher that
-- counts its steps.
local repetitions, patterns = setmetatable({}, { __mode = "k" }), nil
local function steps(s, p)
  local k = repetitions[p]
  if not k then
    local _, several = rawgsub(p, "[%*%+%-%?]", "")
    local _, balanced = rawgsub(p, "%%b", "")
    k = several + balanced
    repetitions[p] = k
  end
  if k == 0 then return (#s + 1) * (#p + 1) end
  if k >= 12 or #p >= 200 then return 1e300 end
  return (#s + 1) ^ (k + 1)
end
local function cheap(s, p)
  local n = steps(s, p)
  if n > 1e7 then return false end
  took(n)
  return true
end
-- What gmatch, and gsub with a function or table, search with.
local function search(s, p, at)
  if cheap(s, p) then return pcall(rawfind, s, p, at) end
  return pcall(find1, s, p, at)
end
local function inlua(name)
  patterns = patterns or slowpatterns()(search, error, type, tostring, rawconcat, rawgsub, room)
  return patterns[name]
end

string.find = function(s, p, init, isplain)
  s, p = text(s, 1, "find"), text(p, 2, "find")
  init = init == nil and 1 or integer(init, 3, "find")
  if isplain then
    local n = (#s + 1) * (#p + 1)
    if n > 1e8 then return plain(s, p, init) end
    took(n / 16)
    return results("find", pcall(rawfind, s, p, init, true))
  end
  if cheap(s, p) then return results("find", pcall(rawfind, s, p, init)) end
  return results("find", pcall(find1, s, p, init))
end

string.match = function(s, p, init)
  s, p = text(s, 1, "match"), text(p, 2, "match")
  init = init == nil and 1 or integer(init, 3, "match")
  if cheap(s, p) then return results("match", pcall(rawmatch, s, p, init)) end
  return inlua("match")(s, p, init)
end

string.gmatch = function(s, p)
  return inlua("gmatch")(text(s, 1, "gmatch"), text(p, 2, "gmatch"))
end
string.gfind = string.gmatch

string.gsub = function(s, p, r, max)
  s, p = text(s, 1, "gsub"), text(p, 2, "gsub")
  if type(r) == "number" then r = tostring(r) end
  if type(r) ~= "string" and type(r) ~= "function" and type(r) ~= "table" then
    error("bad argument #3 to 'gsub' (string/function/table expected)", 2)
  end
  max = max ~= nil and integer(max, 4, "gsub") or nil
  if type(r) == "string" and cheap(s, p) and (#s + 1) * (#r + 1) * 2 <= room then
    return results("gsub", pcall(rawgsub, s, p, r, max))
  end
  return inlua("gsub")(s, p, r, max)
end

return string, table
