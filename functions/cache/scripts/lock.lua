#!lua flags=allow-key-locking
-- Takes the create-only lock of an object that is to be made, unless the index says that somebody has made it already.
-- KEYS: 1 {cache}:lock:{key}  2 {cache}:size
-- ARGV: 1 token  2 now (ms)  3 who asks  4 lock (ms)  5 the object, or '' to take the lock whatever the index says
-- Returns: {'taken'} | {'exists'} | {'busy', holder, time that it has left (ms)}
local lock, size = KEYS[1], KEYS[2]
local token, nowMs, who, lockMs, object = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if object ~= '' and redis.call('HEXISTS', size, object) == 1 then return { 'exists' } end
if redis.call('SET', lock, token .. ' ' .. nowMs .. ' ' .. who, 'NX', 'PX', lockMs) then return { 'taken' } end

-- Re-entrant for the same token: the reply to its first call may have been lost.
local holder = redis.call('GET', lock)
if string.match(holder, '^%S+') == token then
  redis.call('PEXPIRE', lock, lockMs)
  return { 'taken' }
end
return { 'busy', holder, redis.call('PTTL', lock) }
