#!lua flags=allow-key-locking
-- Appends a command to a test's request stream and marks the test as having unanswered requests.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 tests:outstanding:{shard}  4 {testid}:idempotency
-- ARGV: 1 testid  2 method  3 params (JSON)  4 arrival (ms)  5 most unanswered requests
--       6 Idempotency-Key, or ''  7 fingerprint of what is asked  8 lifetime of answers (ms)
-- Returns: {'unknown'} | {'repeated', request id} | {'conflict'} | {'full', unanswered} | {'enqueued', request id}
local test, requests, outstanding, idempotency = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local testid, method, params, arrivalMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local mostUnanswered, key, fingerprint, answerMs = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]

if redis.call('EXISTS', test) == 0 then return { 'unknown' } end

if key ~= '' then
  local seen = redis.call('HGET', idempotency, key)
  if seen then
    local id, of = string.match(seen, '^(%S+) (%S+)$')
    if of == fingerprint then return { 'repeated', id } end
    return { 'conflict' }
  end
end

-- Answered requests leave the stream, so its length is the number of unanswered ones.
local unanswered = redis.call('XLEN', requests)
if unanswered >= mostUnanswered then return { 'full', unanswered } end

local id = redis.call('XADD', requests, '*', 'method', method, 'params', params, 'arrival', arrivalMs)
redis.call('ZADD', outstanding, 'NX', arrivalMs, testid)
if key ~= '' then
  redis.call('HSET', idempotency, key, id .. ' ' .. fingerprint)
  redis.call('PEXPIRE', idempotency, answerMs)
end
return { 'enqueued', id }
