#!lua flags=allow-key-locking
-- Saves how far a long step has come and lets go of the lease, so that another invocation goes on from there.
-- Guarded like a commit. The request stays unanswered; its delivery count starts anew, for there was progress.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:lease  4 {testid}:progress
--       5 what the worker has of its holder's share, working:{holder}:{slot}; the lease's where it has none
-- ARGV: 1 token  2 claimed revision  3 request id  4 lifetime of the progress (ms)
--       5 for how long nobody else is to have the test (ms)  6.. fields of the progress, names and values
-- Returns: {'lost'} | {'suspended'}
local test, requests, lease, progress, slot = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, revision, id, lifetimeMs, restMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

if redis.call('GET', lease) ~= token then return { 'lost' } end
if redis.call('HGET', test, 'revision') ~= revision then return { 'lost' } end
local pending = redis.call('XPENDING', requests, 'workers', id, id, 1)
if #pending == 0 then return { 'lost' } end

redis.call('HSET', progress, unpack(ARGV, 6))
redis.call('PEXPIRE', progress, lifetimeMs)
redis.call('XCLAIM', requests, 'workers', 'worker', 0, id, 'RETRYCOUNT', 0, 'JUSTID')
if restMs == 0 then
  redis.call('DEL', lease, slot)
else
  redis.call('PEXPIRE', lease, restMs)
  if slot ~= lease then redis.call('DEL', slot) end
end
return { 'suspended' }
