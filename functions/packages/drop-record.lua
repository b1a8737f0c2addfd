#!lua flags=allow-key-locking
-- Removes the record of a test case's uploads.
-- KEYS: 1 packages:records
-- ARGV: 1 scope and name of the test case  2 key of the only upload whose record may go, or ''
-- Returns: {'dropped'} | {'kept'} there is none, or it is of another upload
local records = KEYS[1]
local testcase, upload = ARGV[1], ARGV[2]

if upload ~= '' then
  local before = redis.call('HGET', records, testcase)
  if not before or cjson.decode(before).upload.key ~= upload then return { 'kept' } end
end
if redis.call('HDEL', records, testcase) == 0 then return { 'kept' } end
return { 'dropped' }
