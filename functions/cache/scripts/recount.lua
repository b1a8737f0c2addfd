#!lua flags=allow-key-locking
-- Adds the sizes of all objects up again. Takes time with their number, so it is called only after a difference was seen.
-- KEYS: 1 {cache}:size  2 {cache}:total
-- ARGV: 1 most objects for which that is done
-- Returns: {'many'} | {'recounted', bytes of all objects together}
local size, total, most = KEYS[1], KEYS[2], tonumber(ARGV[1])
if redis.call('HLEN', size) > most then return { 'many' } end
local sum = 0
for _, value in ipairs(redis.call('HVALS', size)) do sum = sum + string.match(value, '^%d+') end
-- As text of ours: Lua would write a large number in powers of ten.
redis.call('SET', total, string.format('%.0f', sum))
return { 'recounted', string.format('%.0f', sum) }
