#!lua flags=allow-key-locking
-- Removes the entry and the lock of a package that was just deleted. It can be published again.
-- KEYS: 1 packages:used  2 packages:lock:{hash}
-- ARGV: 1 hash of the package  2 token
-- Returns: {'forgotten'} | {'lost'} another process has the lock
local used, lock = KEYS[1], KEYS[2]
local hash, token = ARGV[1], ARGV[2]

if redis.call('GET', lock) ~= token then return { 'lost' } end
redis.call('ZREM', used, hash)
redis.call('DEL', lock)
return { 'forgotten' }
