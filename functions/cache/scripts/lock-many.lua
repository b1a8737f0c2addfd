#!lua flags=allow-key-locking
-- Takes those locks of several objects that are free.
-- KEYS: 1.. {cache}:lock:{key}
-- ARGV: 1 token  2 now (ms)  3 name of the process  4 lock (ms)
-- Returns: {'tried', for each lock 1 if this call took it, else 0}
local token, nowMs, who, lockMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local taken = {}
for i = 1, #KEYS do
  taken[i] = redis.call('SET', KEYS[i], token .. ' ' .. nowMs .. ' ' .. who, 'NX', 'PX', lockMs) and 1 or 0
end
return { 'tried', taken }
