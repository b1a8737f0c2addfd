#!lua flags=allow-key-locking
-- Records what became of an upload, unless a newer one is recorded, or this one as published.
-- KEYS: 1 packages:records
-- ARGV: 1 scope and name of the test case  2 the record (JSON)
-- Returns: {'recorded'} | {'kept'} what is there stays
local records = KEYS[1]
local testcase, text = ARGV[1], ARGV[2]

local before = redis.call('HGET', records, testcase)
if before then
  local state, was, is = cjson.decode(before).state, cjson.decode(before).upload, cjson.decode(text).upload
  if was.modifiedMs > is.modifiedMs then return { 'kept' } end
  if was.modifiedMs == is.modifiedMs then
    if was.key > is.key then return { 'kept' } end
    if was.key == is.key and state == 'published' then return { 'kept' } end
  end
end
redis.call('HSET', records, testcase, text)
return { 'recorded' }
