#!lua flags=allow-key-locking
-- Prolongs a lease that is still held.
-- KEYS: 1 {testid}:lease
-- ARGV: 1 token  2 lease (ms)
-- Returns: {'held'} | {'lost'}
local lease, token, leaseMs = KEYS[1], ARGV[1], ARGV[2]
if redis.call('GET', lease) ~= token then return { 'lost' } end
redis.call('PEXPIRE', lease, leaseMs)
return { 'held' }
