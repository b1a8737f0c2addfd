#!lua flags=allow-key-locking
-- Adds an object that was just written to S3 to the index, and releases its lock if the token still holds it.
-- KEYS: 1 {cache}:lock:{key}  2 {cache}:size  3 {cache}:names  4 {cache}:lru  5 {cache}:total
-- ARGV: 1 token  2 object  3 its size (bytes)  4 now (ms)
-- Returns: {'entered', size of all objects (bytes)}
local lock, size, names, lru, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, object, bytes, nowMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local before = 0
if redis.call('HSETNX', size, object, bytes .. ' ' .. nowMs) == 0 then
  -- An entry that a crash has left, or that reconcile has made in the meantime.
  before = string.match(redis.call('HGET', size, object) or '', '^%d+') or 0
  redis.call('HSET', size, object, bytes .. ' ' .. nowMs)
end
redis.call('ZADD', names, 0, object)
redis.call('ZADD', lru, 'GT', nowMs, object)
local all = redis.call('INCRBY', total, bytes - before)
local holder = redis.call('GET', lock)
if holder and string.match(holder, '^%S+') == token then redis.call('DEL', lock) end
return { 'entered', all }
