#!lua flags=allow-key-locking
-- Notes that a package is used, so that it is not deleted for a long time.
-- KEYS: 1 packages:used  2 packages:lock:{hash}
-- ARGV: 1 hash of the package  2 now (ms)
-- Returns: {'noted'} | {'locked'} it is being deleted at this moment
local used, lock = KEYS[1], KEYS[2]
local hash, nowMs = ARGV[1], ARGV[2]

if redis.call('EXISTS', lock) == 1 then return { 'locked' } end
redis.call('ZADD', used, 'GT', nowMs, hash)
return { 'noted' }
