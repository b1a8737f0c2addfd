#!lua flags=allow-key-locking
-- Saves the progress of a long step and releases the lease, so that another invocation continues from there.
-- Guarded like a commit. The request stays unanswered. Its delivery count starts again, because there was progress.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:lease  4 {testid}:progress
--       5 the worker's slot, working:{holder}:{slot}  6 working:{holder}:crowded  7 working:{holder}:waiting
--       (5 to 7 are the lease's where the worker has no slot)
-- ARGV: 1 testid  2 token  3 claimed revision  4 request id  5 lifetime of the progress (ms)
--       6 for how long no other worker is to have the test (ms)  7.. fields of the progress, names and values
-- Returns: {'lost'} | {'suspended', test to call, or ''}
--          Where there is a test to call, and this one need not rest, this one waits in the same queue.
local test, requests, lease, progress = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local slot, crowded, waiting = KEYS[5], KEYS[6], KEYS[7]
local testid, token, revision, id, lifetimeMs, restMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
-- @include turns.lua
-- @include held.lua

if redis.call('HGET', test, 'revision') ~= revision then return { 'lost' } end
local pending = redis.call('XPENDING', requests, 'workers', id, id, 1)
if #pending == 0 then return { 'lost' } end

redis.call('HSET', progress, unpack(ARGV, 7))
redis.call('PEXPIRE', progress, lifetimeMs)
redis.call('XCLAIM', requests, 'workers', 'worker', 0, id, 'RETRYCOUNT', 0, 'JUSTID')
local called
if isCrowded then
  redis.call('ZREM', waiting, testid)
  if restMs == 0 then queue(waiting, crowded, testid) end
  called = callNext(waiting, crowded)
end
if restMs == 0 then
  redis.call('DEL', lease, slot)
else
  redis.call('PEXPIRE', lease, restMs)
  if slot ~= lease then redis.call('DEL', slot) end
end
return { 'suspended', called or '' }
