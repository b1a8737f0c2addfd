#!lua flags=allow-key-locking
-- Reads which objects the holders of a lineage refer to: result segments in their lists and in the progress of a step,
-- emulator states in their current state and in that progress, and their checkpoints, which refer to further objects.
-- KEYS: 1.. for each holder tests:{testid}, {testid}:segments, {testid}:progress
-- ARGV: 1 prefix of a reference to a state  2 field of the progress with segments  3.. its fields with states
-- Returns: {'named', positions of holders that exist (from 1), references of segments, progress fields, checkpoints,
--          references of states}
local prefix, segmentsField = ARGV[1], ARGV[2]
local existing, references, fields, checkpoints, states = {}, {}, {}, {}, {}

-- Finds references in JSON text. A reference contains no quote, and no other text begins with the prefix.
local function addStates(text)
  for state in string.gmatch(text or '', '"(' .. prefix .. '[^"]*)"') do states[#states + 1] = state end
end

for i = 1, #KEYS, 3 do
  local test, segments, progress = KEYS[i], KEYS[i + 1], KEYS[i + 2]
  local found = redis.call('HMGET', test, 'status', 'checkpoints', 'state')
  if found[1] then existing[#existing + 1] = (i + 2) / 3 end
  if found[2] then checkpoints[#checkpoints + 1] = found[2] end
  addStates(found[3])
  for _, reference in ipairs(redis.call('LRANGE', segments, 0, -1)) do references[#references + 1] = reference end
  local saved = redis.call('HMGET', progress, unpack(ARGV, 2))
  fields[#fields + 1] = saved[1] or '[]'
  for field = 2, #ARGV - 1 do addStates(saved[field]) end
end
return { 'named', existing, references, fields, checkpoints, states }
