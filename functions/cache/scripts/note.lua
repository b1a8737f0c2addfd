#!lua flags=allow-key-locking
-- Writes a batch of times of last reads, and increments counters.
-- KEYS: 1 {cache}:lru  2 {cache}:counts
-- ARGV: 1 number of arguments for objects  2.. for each object when it was read (ms) and its key,
--       then for each counter its name and its increment
-- Returns: {'noted'}
local lru, counts, objects = KEYS[1], KEYS[2], tonumber(ARGV[1])
-- XX: do not add objects that were deleted meanwhile.
if objects > 0 then redis.call('ZADD', lru, 'XX', 'GT', unpack(ARGV, 2, 1 + objects)) end
for i = 2 + objects, #ARGV, 2 do redis.call('HINCRBY', counts, ARGV[i], ARGV[i + 1]) end
return { 'noted' }
