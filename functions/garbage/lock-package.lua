#!lua flags=allow-key-locking
-- Locks a package that was not used for long, before it is deleted. No process can publish a locked package.
-- KEYS: 1 packages:used  2 packages:lock:{hash}
-- ARGV: 1 hash of the package  2 time since which it must not have been used (ms)  3 token  4 lock (ms)
-- Returns: {'taken'} | {'kept'} it was used since, or another process deletes it
local used, lock = KEYS[1], KEYS[2]
local hash, sinceMs, token, lockMs = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local lastMs = redis.call('ZSCORE', used, hash)
if not lastMs or tonumber(lastMs) > sinceMs then return { 'kept' } end
if not redis.call('SET', lock, token, 'NX', 'PX', lockMs) then return { 'kept' } end
return { 'taken' }
