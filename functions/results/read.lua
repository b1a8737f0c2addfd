#!lua flags=allow-key-locking
-- Reads fields of a test and its results at one instant: the references of its segments, and the chunks after them.
-- KEYS: 1 tests:{testid}  2 {testid}:segments  3 {testid}:results
-- ARGV: 1.. names of the test's fields to return, `status` first
-- Returns: {'unknown'} | {'found', field values, segment references, chunks}
local test, segments, results = KEYS[1], KEYS[2], KEYS[3]
local values = redis.call('HMGET', test, unpack(ARGV))
if not values[1] then return { 'unknown' } end
return { 'found', values, redis.call('LRANGE', segments, 0, -1), redis.call('LRANGE', results, 0, -1) }
