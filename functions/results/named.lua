#!lua flags=allow-key-locking
-- Which result segments the holders of a lineage name: in their lists, in the progress of a step under way, and by
-- their checkpoints, whose objects name what they need.
-- KEYS: 1.. for each holder tests:{testid}, {testid}:segments, {testid}:progress
-- ARGV: 1 name of the progress' field with segments
-- Returns: {'named', holders that exist, by their place, from 1, references of segments, progress fields, checkpoints}
local field = ARGV[1]
local existing, references, fields, checkpoints = {}, {}, {}, {}
for i = 1, #KEYS, 3 do
  local found = redis.call('HMGET', KEYS[i], 'status', 'checkpoints')
  if found[1] then existing[#existing + 1] = (i + 2) / 3 end
  if found[2] then checkpoints[#checkpoints + 1] = found[2] end
  for _, reference in ipairs(redis.call('LRANGE', KEYS[i + 1], 0, -1)) do references[#references + 1] = reference end
  fields[#fields + 1] = redis.call('HGET', KEYS[i + 2], field) or '[]'
end
return { 'named', existing, references, fields, checkpoints }
