#!lua flags=allow-key-locking
-- Computes the total size again. Its time grows with the number of objects, so call it only after a difference was seen.
-- KEYS: 1 {cache}:size  2 {cache}:total
-- ARGV: 1 the most objects to recount
-- Returns: {'many'} | {'recounted', size of all objects (bytes)}
local size, total, most = KEYS[1], KEYS[2], tonumber(ARGV[1])
if redis.call('HLEN', size) > most then return { 'many' } end
local sum = 0
for _, value in ipairs(redis.call('HVALS', size)) do sum = sum + string.match(value, '^%d+') end
-- Formatted here, because Lua writes large numbers with an exponent.
redis.call('SET', total, string.format('%.0f', sum))
return { 'recounted', string.format('%.0f', sum) }
