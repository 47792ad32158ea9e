-- match, gmatch and gsub on top of a function that finds one match: for calls that the native functions cannot be
-- trusted with. Loaded when a script first needs them.
local search, error, type, tostring, concat, rawgsub, room = ...

-- Raises the error of a search for the line of the script.
local function found(level, ok, ...)
  if not ok then error((...), level + 1) end
  return ...
end

local function whole(s, from, to, ...)
  if from == nil then return nil end
  if (...) == nil then return s:sub(from, to) end
  return ...
end

local P = {}

function P.match(s, p, init) return whole(s, found(3, search(s, p, init or 1))) end

function P.gmatch(s, p)
  -- As the real function, which finds "^" only as a character.
  if p:sub(1, 1) == "^" then p = "%" .. p end
  local at = 1
  local function step(from, to, ...)
    if from == nil then at = #s + 2 return nil end
    at = to < from and from + 1 or to + 1
    return whole(s, from, to, ...)
  end
  return function()
    if at > #s + 1 then return nil end
    return step(found(2, search(s, p, at)))
  end
end

local function expand(r, all, captures)
  return (rawgsub(r, "%%(.?)", function(d)
    if d == "0" then return all end
    if d >= "1" and d <= "9" then
      local capture = captures[d + 0]
      if capture == nil then error("invalid capture index", 0) end
      return tostring(capture)
    end
    return d
  end))
end

function P.gsub(s, p, r, max)
  local kind = type(r)
  local out, at, n, anchored, size = {}, 1, 0, p:sub(1, 1) == "^", 0
  local function add(piece)
    size = size + #piece
    if size > room then error("not enough memory", 0) end
    out[#out + 1] = piece
  end
  local function value(from, to, ...)
    local all = s:sub(from, to)
    local v
    if kind == "table" then
      local key = (...)
      if key == nil then key = all end
      v = r[key]
    elseif kind == "function" then
      if (...) == nil then v = r(all) else v = r(...) end
    else
      local captures = { ... }
      if captures[1] == nil then captures[1] = all end
      v = expand(r, all, captures)
    end
    if v == nil or v == false then
      v = all
    elseif type(v) ~= "string" then
      if type(v) ~= "number" then error("invalid replacement value (a " .. type(v) .. ")", 0) end
      v = tostring(v)
    end
    add(v)
  end
  local function step(from, to, ...)
    if from == nil then return false end
    add(s:sub(at, from - 1))
    value(from, to, ...)
    n = n + 1
    if to < from then
      add(s:sub(from, from))
      at = from + 1
    else
      at = to + 1
    end
    return not anchored
  end
  while (max == nil or n < max) and at <= #s + 1 do
    if not step(found(3, search(s, p, at))) then break end
  end
  add(s:sub(at))
  return concat(out), n
end

return P
