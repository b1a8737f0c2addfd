#!lua flags=allow-key-locking
-- Lets go of a lease whose work has come to nothing. What was to be done is still there for the next claim.
-- KEYS: 1 {testid}:lease
-- ARGV: 1 token
-- Returns: {'released'} | {'lost'} it was somebody else's already
local lease, token = KEYS[1], ARGV[1]
if redis.call('GET', lease) ~= token then return { 'lost' } end
redis.call('DEL', lease)
return { 'released' }
