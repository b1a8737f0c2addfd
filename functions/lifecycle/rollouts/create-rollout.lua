#!lua flags=allow-key-locking
-- Queues a rollout that is too long for one call as a request of its own, under keys that expire by themselves. Copies
-- the fields of the test that the simulation needs, all at one instant, and does not change the test.
-- KEYS: 1 tests:{testid}  2 {testid}:rollouts  3 tests:{rolloutid}  4 {rolloutid}:request  5 tests:outstanding:{shard}
-- ARGV: 1 testid  2 rolloutid  3 params (JSON)  4 arrival (ms)  5 lifetime of its keys (ms)
--       6 most rollouts of a test in progress  7.. names of the fields to copy
-- Returns: {'unknown'} | {'full', rollouts in progress} | {'created', request id}
local test, rollouts, rollout, requests, outstanding = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local testid, rolloutid, params, arrivalMs, lifetimeMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local mostRollouts = tonumber(ARGV[6])

local values = redis.call('HMGET', test, unpack(ARGV, 7))
if not values[1] then return { 'unknown' } end

-- Forget rollouts whose keys have expired: they will never be computed.
redis.call('ZREMRANGEBYSCORE', rollouts, '-inf', arrivalMs)
local underWay = redis.call('ZCARD', rollouts)
if underWay >= mostRollouts then return { 'full', underWay } end
redis.call('ZADD', rollouts, arrivalMs + lifetimeMs, rolloutid)
redis.call('PEXPIRE', rollouts, lifetimeMs)

local fields = { 'status', 'Rollout', 'revision', 0, 'timestamp', arrivalMs, 'lifetime', lifetimeMs, 'origin', testid }
for i, value in ipairs(values) do
  if value then
    fields[#fields + 1] = ARGV[6 + i]
    fields[#fields + 1] = value
  end
end
redis.call('HSET', rollout, unpack(fields))
redis.call('PEXPIRE', rollout, lifetimeMs)
redis.call('XGROUP', 'CREATE', requests, 'workers', '$', 'MKSTREAM')
local id = redis.call('XADD', requests, '*', 'method', 'rollout', 'params', params, 'arrival', arrivalMs)
redis.call('PEXPIRE', requests, lifetimeMs)
-- So the sweeper finds it if its doorbell is lost. It is in no other index, because it is not a test.
redis.call('ZADD', outstanding, arrivalMs, rolloutid)
return { 'created', id }
