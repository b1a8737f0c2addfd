-- Put before scripts that ask for key locking, on their first line: a key that is not in KEYS fails the script. The
-- product locks what KEYS names and nothing else; a script that touches more would pass here and fail there.
local redis = (function(server, names)
  local declared = {}
  for _, name in ipairs(names) do declared[name] = true end
  local none = { TIME = true, PING = true, ECHO = true, PUBLISH = true }
  local every = { DEL = true, UNLINK = true, EXISTS = true, TOUCH = true, MGET = true, PFCOUNT = true, SINTER = true, SUNION = true, SDIFF = true, WATCH = true }
  local two = { RENAME = true, RENAMENX = true, COPY = true, SMOVE = true, LMOVE = true, RPOPLPUSH = true }
  local after = { XGROUP = true, XINFO = true, OBJECT = true, MEMORY = true }
  local function touched(name, arguments)
    if none[name] then return 1, 0, 1 end
    if every[name] then return 1, #arguments, 1 end
    if two[name] then return 1, 2, 1 end
    if after[name] then return 2, 2, 1 end
    if name == 'MSET' or name == 'MSETNX' then return 1, #arguments, 2 end
    if name == 'XREAD' or name == 'XREADGROUP' then
      for index, argument in ipairs(arguments) do
        if string.upper(argument) == 'STREAMS' then return index + 1, index + (#arguments - index) / 2, 1 end
      end
    end
    return 1, 1, 1
  end
  local function checked(run)
    return function(command, ...)
      local arguments = { ... }
      local first, last, step = touched(string.upper(command), arguments)
      for index = first, last, step do
        local key = tostring(arguments[index])
        if not declared[key] then error({ err = 'ERR script tried to access the undeclared key ' .. key }) end
      end
      return run(command, ...)
    end
  end
  return setmetatable({ call = checked(server.call), pcall = checked(server.pcall) }, { __index = server })
end)(redis, KEYS)
