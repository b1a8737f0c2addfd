-- Ends the script unless `token` holds the `lease`. Sets `isCrowded`: whether tests of the same holder wait for a worker's slot.
-- `crowded` is that key, or the lease where the worker has no slot. One command reads both.
local holds = redis.call('MGET', lease, crowded)
local isCrowded = crowded ~= lease and holds[2] and true or false
if holds[1] ~= token then return { 'lost' } end
