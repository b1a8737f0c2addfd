#!lua flags=allow-key-locking
-- Removes the name and the record of a test case without uploads.
-- KEYS: 1 uploads:names  2 packages:records
-- ARGV: 1 scope and name of the test case  2 since when no form may have been given out (ms)
--       3 the record as it was read (JSON), '' for none
-- Returns: {'forgotten'} | {'kept'} a form was given out since, or something else was recorded
local names, records = KEYS[1], KEYS[2]
local testcase, sinceMs, read = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local askedMs = redis.call('ZSCORE', names, testcase)
if askedMs and tonumber(askedMs) > sinceMs then return { 'kept' } end
if (redis.call('HGET', records, testcase) or '') ~= read then return { 'kept' } end
redis.call('ZREM', names, testcase)
redis.call('HDEL', records, testcase)
return { 'forgotten' }
