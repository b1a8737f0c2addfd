#!lua flags=allow-key-locking
-- Prolongs a lease that is still held, and the worker's slot with it.
-- KEYS: 1 {testid}:lease  2 the worker's slot, working:{holder}:{slot}; the lease's where the worker has none
-- ARGV: 1 token  2 lease (ms)
-- Returns: {'held'} | {'lost'}
local lease, slot, token, leaseMs = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local crowded = lease
-- @include held.lua

redis.call('PEXPIRE', lease, leaseMs)
if slot ~= lease then redis.call('PEXPIRE', slot, leaseMs) end
return { 'held' }
