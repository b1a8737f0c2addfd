#!lua flags=allow-key-locking
-- Prolongs a lease that is still held.
-- KEYS: 1 {testid}:lease  2 what the worker has of its holder's share, working:{holder}:{slot}; the lease's where it has none
-- ARGV: 1 token  2 lease (ms)
-- Returns: {'held'} | {'lost'}
local lease, slot, token, leaseMs = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if redis.call('GET', lease) ~= token then return { 'lost' } end
redis.call('PEXPIRE', lease, leaseMs)
if slot ~= lease then redis.call('PEXPIRE', slot, leaseMs) end
return { 'held' }
