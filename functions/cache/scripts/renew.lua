#!lua flags=allow-key-locking
-- Extends a lock if the token still holds it.
-- KEYS: 1 {cache}:lock:{key}
-- ARGV: 1 token  2 lock (ms)
-- Returns: {'held'} | {'lost'}
local lock, token, lockMs = KEYS[1], ARGV[1], ARGV[2]
local holder = redis.call('GET', lock)
if not holder or string.match(holder, '^%S+') ~= token then return { 'lost' } end
redis.call('PEXPIRE', lock, lockMs)
return { 'held' }
