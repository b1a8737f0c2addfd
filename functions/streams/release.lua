#!lua flags=allow-key-locking
-- Releases a lease whose work has come to nothing. The request is still there for the next claim.
-- KEYS: 1 {testid}:lease  2 {testid}:request
--       3 the worker's slot, working:{holder}:{slot}  4 working:{holder}:crowded  5 working:{holder}:waiting
--       (3 to 5 are the lease's where the worker has no slot)
-- ARGV: 1 token  2 '1' if the request is not to blame: then this delivery does not count
-- Returns: {'released', test to call, or ''} | {'lost', test to call, or ''} another worker had the lease already
--          A test to call is one of the holder that waits for the slot.
local lease, requests, slot, crowded, waiting = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, isBlameless = ARGV[1], ARGV[2] == '1'
-- @include turns.lua

-- The slot first: a test that was stopped has no lease any more, and its worker is free all the same.
local called
if slot ~= lease and redis.call('GET', slot) == token then
  redis.call('DEL', slot)
  if redis.call('EXISTS', crowded) == 1 then called = callNext(waiting, crowded) end
end
if redis.call('GET', lease) ~= token then return { 'lost', called or '' } end
redis.call('DEL', lease)
if isBlameless then
  local pending = redis.call('XPENDING', requests, 'workers', '-', '+', 1)[1]
  if pending then
    redis.call('XCLAIM', requests, 'workers', 'worker', 0, pending[1], 'RETRYCOUNT', pending[4] - 1, 'JUSTID')
  end
end
return { 'released', called or '' }
