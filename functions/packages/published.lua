#!lua flags=allow-key-locking
-- Sums the sizes of a scope's packages, earlier versions included, and may note one more. Packages that were deleted meanwhile
-- are forgotten.
-- KEYS: 1 packages:of:{scope}  2 packages:used
-- ARGV: 1 hash of a package to note, or ''  2 its size (bytes)  3 how long the list is kept from now (ms)
-- Returns: {'counted', bytes, how many} without the package that was noted now
local packages, used = KEYS[1], KEYS[2]
local noted, notedBytes, keptMs = ARGV[1], ARGV[2], ARGV[3]

local sizes = redis.call('HGETALL', packages)
local bytes, count = 0, 0
for i = 1, #sizes, 2 do
  local hash = sizes[i]
  if hash == noted then
    -- It is written again below.
  elseif redis.call('ZSCORE', used, hash) then
    bytes = bytes + tonumber(sizes[i + 1])
    count = count + 1
  else
    redis.call('HDEL', packages, hash)
  end
end
if noted ~= '' then
  redis.call('HSET', packages, noted, notedBytes)
  redis.call('PEXPIRE', packages, keptMs)
end
return { 'counted', string.format('%.0f', bytes), count }
