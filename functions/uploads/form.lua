#!lua flags=allow-key-locking
-- Notes that an upload form is given out, unless too many forms of its scope can still be used.
-- KEYS: 1 uploads:names  2 uploads:forms:{scope}
-- ARGV: 1 scope and name of the test case  2 now (ms)  3 when the form expires (ms)  4 the S3 key that it is for
--       5 how many forms may be open, this one included  6… S3 keys that were used: their forms do not count
-- Returns: {'noted', open} | {'full', open} how many forms are open
local names, forms = KEYS[1], KEYS[2]
local testcase, nowMs, expiresMs, key, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

redis.call('ZREMRANGEBYSCORE', forms, '-inf', nowMs)
for i = 6, #ARGV do redis.call('ZREM', forms, ARGV[i]) end
local open = redis.call('ZCARD', forms)
if open >= most then return { 'full', tostring(open) } end
redis.call('ZADD', forms, expiresMs, key)
redis.call('PEXPIREAT', forms, expiresMs)
-- From now on selecting the test case asks S3 for uploads.
redis.call('ZADD', names, 'GT', nowMs, testcase)
return { 'noted', tostring(open + 1) }
