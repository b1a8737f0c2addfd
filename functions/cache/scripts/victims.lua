#!lua flags=allow-key-locking
-- Takes or extends the lock of the process that evicts, and returns the least recently read objects.
-- KEYS: 1 {cache}:purge  2 {cache}:lru  3 {cache}:size  4 {cache}:total
-- ARGV: 1 token  2 now (ms)  3 name of the process  4 lock (ms)  5 objects to skip  6 objects to return
-- Returns: {'busy', holder} | {'victims', size of all objects (bytes), objects, for each `{bytes} {created, ms}`}
local purge, lru, size, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, nowMs, who, purgeMs, from, wanted = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local holder = redis.call('GET', purge)
if holder and string.match(holder, '^%S+') ~= token then return { 'busy', holder } end
redis.call('SET', purge, token .. ' ' .. nowMs .. ' ' .. who, 'PX', purgeMs)
local objects = redis.call('ZRANGE', lru, from, from + wanted - 1)
local sizes = #objects > 0 and redis.call('HMGET', size, unpack(objects)) or {}
return { 'victims', redis.call('GET', total) or '0', objects, sizes }
