#!lua flags=allow-key-locking
-- Takes the lock of an object that is to be created, unless the index says that it exists.
-- KEYS: 1 {cache}:lock:{key}  2 {cache}:size
-- ARGV: 1 token  2 now (ms)  3 name of the process  4 lock (ms)  5 the object; '' skips the check of the index
-- Returns: {'taken'} | {'exists'} | {'busy', holder, time until the lock expires (ms)}
local lock, size = KEYS[1], KEYS[2]
local token, nowMs, who, lockMs, object = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if object ~= '' and redis.call('HEXISTS', size, object) == 1 then return { 'exists' } end
if redis.call('SET', lock, token .. ' ' .. nowMs .. ' ' .. who, 'NX', 'PX', lockMs) then return { 'taken' } end

-- The same token may take the lock again: the reply to its first call may have been lost.
local holder = redis.call('GET', lock)
if string.match(holder, '^%S+') == token then
  redis.call('PEXPIRE', lock, lockMs)
  return { 'taken' }
end
return { 'busy', holder, redis.call('PTTL', lock) }
