#!lua flags=allow-key-locking
-- Stores when a test was last active, and renews the backstop lifetime of its keys.
-- KEYS: 1 tests:active:{shard}  2 tests:{testid}  3.. the test's other keys
-- ARGV: 1 testid  2 when it was last active (ms)  3 backstop lifetime of keys (ms)
-- Returns: {'gone'} | {'touched'}
local active, test = KEYS[1], KEYS[2]
local testid, lastActiveMs, backstopMs = ARGV[1], ARGV[2], ARGV[3]
if redis.call('EXISTS', test) == 0 then
  redis.call('ZREM', active, testid)
  return { 'gone' }
end
redis.call('ZADD', active, 'XX', lastActiveMs, testid)
for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], backstopMs) end
return { 'touched' }
