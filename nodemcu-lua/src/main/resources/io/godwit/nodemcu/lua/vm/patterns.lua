-- find, match, gmatch and gsub on top of the host's counting matcher; loaded when a script first needs them.
local find1, error, type, tostring, concat = ...

local function whole(s, from, to, ...)
  if from == nil then return nil end
  if (...) == nil then return s:sub(from, to) end
  return ...
end

local P = {}

function P.find(s, p, init) return find1(s, p, init or 1) end

function P.match(s, p, init) return whole(s, find1(s, p, init or 1)) end

function P.gmatch(s, p)
  local at = 1
  local function step(from, to, ...)
    if from == nil then at = #s + 2 return nil end
    at = to < from and from + 1 or to + 1
    return whole(s, from, to, ...)
  end
  return function()
    if at > #s + 1 then return nil end
    return step(find1(s, p, at))
  end
end

function P.gsub(s, p, r, max)
  local kind = type(r)
  if kind == "number" then r, kind = tostring(r), "string" end
  if kind ~= "string" and kind ~= "function" and kind ~= "table" then
    error("bad argument #3 to 'gsub' (string/function/table expected)", 0)
  end
  local out, at, n, anchored, first = {}, 1, 0, p:sub(1, 1) == "^", true
  local function value(from, to, ...)
    local all = s:sub(from, to)
    local key = (...)
    if key == nil then key = all end
    local v
    if kind == "table" then v = r[key]
    elseif kind == "function" then if (...) == nil then v = r(all) else v = r(...) end
    else
      local captures = { ... }
      if captures[1] == nil then captures[1] = all end
      v = r:gsub("%%(.)", function(d)
        if d == "0" then return all end
        if d:find("%d") then return tostring(captures[d + 0] or error("invalid capture index", 0)) end
        return d
      end)
    end
    if v == nil or v == false then v = all end
    out[#out + 1] = v
  end
  local function step(from, to, ...)
    if from == nil then return false end
    out[#out + 1] = s:sub(at, from - 1)
    value(from, to, ...)
    n = n + 1
    if to < from then
      out[#out + 1] = s:sub(from, from)
      at = from + 1
    else
      at = to + 1
    end
    return not anchored
  end
  while (max == nil or n < max) and at <= #s + 1 do
    if not step(find1(s, p, at)) then break end
  end
  out[#out + 1] = s:sub(at)
  return concat(out), n
end

return P
