#!lua flags=allow-key-locking
-- Adds entries to the index for objects that only S3 has. Skips locked objects.
-- KEYS: 1 {cache}:size  2 {cache}:names  3 {cache}:lru  4 {cache}:total  5.. the objects' locks
-- ARGV: 1.. for each object its key, its size (bytes) and when it was written (ms)
-- Returns: {'adopted', number of objects}
local size, names, lru, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local count, sum = 0, 0
for i = 5, #KEYS do
  local object, bytes, writtenMs = ARGV[3 * i - 14], ARGV[3 * i - 13], ARGV[3 * i - 12]
  if redis.call('EXISTS', KEYS[i]) == 0 then
    local before = string.match(redis.call('HGET', size, object) or '', '^%d+') or 0
    redis.call('HSET', size, object, bytes .. ' ' .. writtenMs)
    redis.call('ZADD', names, 0, object)
    redis.call('ZADD', lru, 'GT', writtenMs, object)
    count, sum = count + 1, sum + bytes - before
  end
end
if sum ~= 0 then redis.call('INCRBY', total, sum) end
return { 'adopted', count }
