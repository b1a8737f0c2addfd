#!lua flags=allow-key-locking
-- Releases those leases that the token still holds.
-- KEYS: 1.. {testid}:lease
-- ARGV: 1 token
-- Returns: {'released'}
local token = ARGV[1]
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == token then redis.call('DEL', KEYS[i]) end
end
return { 'released' }
