#!lua flags=allow-key-locking
-- Finds an unanswered request by its nonce, after its sender got no reply.
-- KEYS: 1 {testid}:request
-- ARGV: 1 nonce
-- Returns: {'found', request id} | {'absent'}
local requests, nonce = KEYS[1], ARGV[1]
for _, entry in ipairs(redis.call('XRANGE', requests, '-', '+')) do
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == 'nonce' and fields[i + 1] == nonce then return { 'found', entry[1] } end
  end
end
return { 'absent' }
