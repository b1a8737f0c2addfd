#!lua flags=allow-key-locking
-- Removes entries of objects that S3 does not have. Skips locked objects and entries that changed since they were read.
-- KEYS: 1 {cache}:size  2 {cache}:names  3 {cache}:lru  4 {cache}:total  5.. the objects' locks
-- ARGV: 1.. for each object its key and its entry `{bytes} {created, ms}` as it was read, or ''
-- Returns: {'dropped', number of objects}
local size, names, lru, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local count, sum = 0, 0
for i = 5, #KEYS do
  local object, seen = ARGV[2 * i - 9], ARGV[2 * i - 8]
  local now = redis.call('HGET', size, object) or ''
  if now == seen and redis.call('EXISTS', KEYS[i]) == 0 then
    redis.call('HDEL', size, object)
    redis.call('ZREM', names, object)
    redis.call('ZREM', lru, object)
    count, sum = count + 1, sum + (string.match(now, '^%d+') or 0)
  end
end
if sum > 0 then redis.call('DECRBY', total, sum) end
return { 'dropped', count }
