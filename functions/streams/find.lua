#!lua flags=allow-key-locking
-- Finds a request by its nonce, after its sender got no reply: one that is unanswered, or was answered in the same call, for
-- then its nonce is the test's stamp, until the next answer.
-- KEYS: 1 {testid}:request  2 tests:{testid}  3 {testid}:response
-- ARGV: 1 nonce
-- Returns: {'found', request id} | {'absent'}
local requests, test, responses, nonce = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
for _, entry in ipairs(redis.call('XRANGE', requests, '-', '+')) do
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == 'nonce' and fields[i + 1] == nonce then return { 'found', entry[1] } end
  end
end
if redis.call('HGET', test, 'stamp') == nonce then
  return { 'found', redis.call('XREVRANGE', responses, '+', '-', 'COUNT', 1)[1][1] }
end
return { 'absent' }
