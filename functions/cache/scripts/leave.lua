#!lua flags=allow-key-locking
-- Removes the entries of objects that were just deleted from S3, each only if the token still holds its lock, and
-- releases the locks.
-- KEYS: 1 {cache}:size  2 {cache}:names  3 {cache}:lru  4 {cache}:total  5 {cache}:evictions  6.. their locks
-- ARGV: 1 token  2 now (ms)  3 reason  4 entries that the log of evictions keeps, approximately  5.. the objects
-- Returns: {'left', number of objects, their size (bytes)}
local size, names, lru, total, evictions = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, nowMs, reason, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local count, sum = 0, 0
for i = 6, #KEYS do
  local object, holder = ARGV[i - 1], redis.call('GET', KEYS[i])
  if holder and string.match(holder, '^%S+') == token then
    local bytes = string.match(redis.call('HGET', size, object) or '', '^%d+')
    if bytes then
      redis.call('HDEL', size, object)
      redis.call('ZREM', names, object)
      redis.call('ZREM', lru, object)
      redis.call('XADD', evictions, 'MAXLEN', '~', kept, '*', 'key', object, 'bytes', bytes, 'why', reason, 'at', nowMs)
      count, sum = count + 1, sum + bytes
    end
    redis.call('DEL', KEYS[i])
  end
end
if sum > 0 then redis.call('DECRBY', total, sum) end
return { 'left', count, sum }
