#!lua flags=allow-key-locking
-- Lets go of a lease whose work has come to nothing. What was to be done is still there for the next claim.
-- KEYS: 1 {testid}:lease  2 {testid}:request
--       3 what the worker has of its holder's share, working:{holder}:{slot}; the lease's where it has none
-- ARGV: 1 token  2 '1' if the request is not to blame: then this delivery does not count
-- Returns: {'released'} | {'lost'} it was somebody else's already
local lease, requests, slot = KEYS[1], KEYS[2], KEYS[3]
local token, isBlameless = ARGV[1], ARGV[2] == '1'

-- First: a test that was stopped has no lease any more, and its worker is free all the same.
if slot ~= lease and redis.call('GET', slot) == token then redis.call('DEL', slot) end
if redis.call('GET', lease) ~= token then return { 'lost' } end
redis.call('DEL', lease)
if isBlameless then
  local pending = redis.call('XPENDING', requests, 'workers', '-', '+', 1)[1]
  if pending then
    redis.call('XCLAIM', requests, 'workers', 'worker', 0, pending[1], 'RETRYCOUNT', pending[4] - 1, 'JUSTID')
  end
end
return { 'released' }
