#!lua flags=allow-key-locking
-- Reads fields of a test and its results at one instant: the references of its segments, and the chunks after them.
-- KEYS: 1 tests:{testid}  2 {testid}:segments  3 {testid}:results
-- ARGV: 1 from (s)  2 to (s): chunks without a sample in this time are left out
--       3.. names of the test's fields to return, `status` first
-- Returns: {'unknown'} | {'found', field values, segment references, chunks}
local test, segments, results = KEYS[1], KEYS[2], KEYS[3]
local values = redis.call('HMGET', test, unpack(ARGV, 3))
if not values[1] then return { 'unknown' } end

-- A chunk begins with `{revision} {from} {to} `. Chunks that are not wanted do not leave Redis.
local wantedFrom, wantedTo = tonumber(ARGV[1]), tonumber(ARGV[2])
local chunks = {}
for _, chunk in ipairs(redis.call('LRANGE', results, 0, -1)) do
  local from, to = string.match(chunk, '^%S+ (%S+) (%S+)')
  if tonumber(from) <= wantedTo and tonumber(to) >= wantedFrom then chunks[#chunks + 1] = chunk end
end
return { 'found', values, redis.call('LRANGE', segments, 0, -1), chunks }
