#!lua flags=allow-key-locking
-- Reads the calling account and the test before a fork, at one instant.
-- KEYS: 1 tests:{testid}  2 accounts:keys, or the test's own if no key was sent
-- ARGV: 1 hash of the key that was sent, or ''  2.. names of the test's fields
-- Returns: {'read', account (JSON) or '', field values}
local test, accountKeys, hash = KEYS[1], KEYS[2], ARGV[1]
local account = hash ~= '' and redis.call('HGET', accountKeys, hash) or ''
return { 'read', account, redis.call('HMGET', test, unpack(ARGV, 2)) }
