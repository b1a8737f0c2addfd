#!lua flags=allow-key-locking
-- Notes that a package is used, so that nobody deletes it for long.
-- KEYS: 1 packages:used  2 packages:lock:{hash}
-- ARGV: 1 hash of the package  2 now (ms)
-- Returns: {'noted'} | {'locked'} somebody is deleting it at this moment
local used, lock = KEYS[1], KEYS[2]
local hash, nowMs = ARGV[1], ARGV[2]

if redis.call('EXISTS', lock) == 1 then return { 'locked' } end
redis.call('ZADD', used, 'GT', nowMs, hash)
return { 'noted' }
