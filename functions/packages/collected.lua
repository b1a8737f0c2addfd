#!lua flags=allow-key-locking
-- Ends what `collect` began: the package is gone, and may be published anew.
-- KEYS: 1 packages:used  2 packages:lock:{hash}
-- ARGV: 1 hash of the package  2 token
-- Returns: {'forgotten'} | {'lost'} the lock was somebody else's by then
local used, lock = KEYS[1], KEYS[2]
local hash, token = ARGV[1], ARGV[2]

if redis.call('GET', lock) ~= token then return { 'lost' } end
redis.call('ZREM', used, hash)
redis.call('DEL', lock)
return { 'forgotten' }
