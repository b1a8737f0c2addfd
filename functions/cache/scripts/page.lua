#!lua flags=allow-key-locking
-- Reads a page of the index, in the order of keys.
-- KEYS: 1 {cache}:names  2 {cache}:size  3 {cache}:lru
-- ARGV: 1 first and 2 last key, in the syntax of ZRANGE … BYLEX  3 entries per page
-- Returns: {'page', objects, for each `{bytes} {created, ms}`, for each when it was last read (ms)}
local names, size, lru = KEYS[1], KEYS[2], KEYS[3]
local objects = redis.call('ZRANGE', names, ARGV[1], ARGV[2], 'BYLEX', 'LIMIT', 0, ARGV[3])
if #objects == 0 then return { 'page', {}, {}, {} } end
return { 'page', objects, redis.call('HMGET', size, unpack(objects)), redis.call('ZMSCORE', lru, unpack(objects)) }
