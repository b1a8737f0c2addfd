#!lua flags=allow-key-locking
-- Records the outcome of an upload, unless a newer upload is recorded. The third argument says whether the record of this very
-- upload is replaced if it is published.
-- KEYS: 1 packages:records
-- ARGV: 1 scope and name of the test case  2 the record (JSON)
--       3 'keep' | 'replace' this very upload's record if it is published
-- Returns: {'recorded'} | {'kept'} the earlier record stays
local records = KEYS[1]
local testcase, text, published = ARGV[1], ARGV[2], ARGV[3]

local before = redis.call('HGET', records, testcase)
if before then
  local state, was, is = cjson.decode(before).state, cjson.decode(before).upload, cjson.decode(text).upload
  -- As in records.ts: by time, number of files, key.
  local function compare(one, other)
    if one == other then return 0 end
    return one < other and -1 or 1
  end
  local order = compare(is.modifiedMs, was.modifiedMs)
  if order == 0 then order = compare(is.files or 1, was.files or 1) end
  if order == 0 then order = compare(is.key, was.key) end
  if order < 0 or (order == 0 and state == 'published' and published == 'keep') then return { 'kept' } end
end
redis.call('HSET', records, testcase, text)
return { 'recorded' }
