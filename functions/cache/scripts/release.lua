#!lua flags=allow-key-locking
-- Releases a lock if the token still holds it, and leaves an error message for the processes that wait for the object.
-- KEYS: 1 {cache}:lock:{key}, or {cache}:purge  2 {cache}:failed:{key}
-- ARGV: 1 token  2 an error's message, or ''  3 lifetime of the message (ms)
-- Returns: {'released'} | {'lost'}
local lock, failed, token, message, messageMs = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]
local holder = redis.call('GET', lock)
if not holder or string.match(holder, '^%S+') ~= token then return { 'lost' } end
if message ~= '' then redis.call('SET', failed, token .. ' ' .. message, 'PX', messageMs) end
redis.call('DEL', lock)
return { 'released' }
