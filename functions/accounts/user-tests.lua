#!lua flags=allow-key-locking
-- Returns the test ids of a user, if the key is that user's.
-- KEYS: 1 accounts:keys  2 users:{user}:tests
-- ARGV: 1 hash of the key  2 user
-- Returns: {'unknown'} no such key | {'other'} the key of another account | {'listed', test ids}
local byKey, tests = KEYS[1], KEYS[2]
local hash, user = ARGV[1], ARGV[2]

local account = redis.call('HGET', byKey, hash)
if not account then return { 'unknown' } end
if cjson.decode(account).name ~= user then return { 'other' } end
return { 'listed', redis.call('SMEMBERS', tests) }
