#!lua flags=allow-key-locking
-- Notes when objects were last read, and what became of operations: a batch of either.
-- KEYS: 1 {cache}:lru  2 {cache}:counts
-- ARGV: 1 number of the arguments that follow for objects  2.. for each when it was read (ms) and its name,
--       then for each counter its name and by how much it grew
-- Returns: {'noted'}
local lru, counts, objects = KEYS[1], KEYS[2], tonumber(ARGV[1])
-- XX: what went meanwhile stays gone.
if objects > 0 then redis.call('ZADD', lru, 'XX', 'GT', unpack(ARGV, 2, 1 + objects)) end
for i = 2 + objects, #ARGV, 2 do redis.call('HINCRBY', counts, ARGV[i], ARGV[i + 1]) end
return { 'noted' }
