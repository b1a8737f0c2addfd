#!lua flags=allow-key-locking
-- Makes a rollout that is too much for one call a request of its own, on keys of its own that end by themselves. Of the
-- test it copies what simulating needs, as it stands at this instant; the test itself is only read.
-- KEYS: 1 tests:{testid}  2 tests:{rolloutid}  3 {rolloutid}:request  4 tests:outstanding:{shard}
-- ARGV: 1 rolloutid  2 params (JSON)  3 arrival (ms)  4 lifetime of its keys (ms)  5.. names of the fields to copy
-- Returns: {'unknown'} | {'created', request id}
local test, rollout, requests, outstanding = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local rolloutid, params, arrivalMs, lifetimeMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local values = redis.call('HMGET', test, unpack(ARGV, 5))
if not values[1] then return { 'unknown' } end

local fields = { 'status', 'Rollout', 'revision', 0, 'timestamp', arrivalMs, 'lifetime', lifetimeMs }
for i, value in ipairs(values) do
  fields[#fields + 1] = ARGV[4 + i]
  fields[#fields + 1] = value
end
redis.call('HSET', rollout, unpack(fields))
redis.call('PEXPIRE', rollout, lifetimeMs)
redis.call('XGROUP', 'CREATE', requests, 'workers', '$', 'MKSTREAM')
local id = redis.call('XADD', requests, '*', 'method', 'rollout', 'params', params, 'arrival', arrivalMs)
redis.call('PEXPIRE', requests, lifetimeMs)
-- So that the sweeper finds it if its doorbell is lost. In no other index: it is nobody's test.
redis.call('ZADD', outstanding, arrivalMs, rolloutid)
return { 'created', id }
