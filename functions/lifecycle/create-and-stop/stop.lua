#!lua flags=allow-key-locking
-- Removes a test, queued or running: answers its unanswered requests, leaves its lineages, and deletes the hash, so that
-- any commit in progress fails. Only the answers stay, for a minute, for waiting clients.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:response  4 {testid}:lease  5 {testid}:progress
--       6 {testid}:results  7 {testid}:segments  8 {testid}:idempotency  9 tests:outstanding:{shard}
--       10 tests:active:{shard}  11 the set of the holder's tests  12 users:{user}:tests:{testid}  13 garbage
--       14 working:{holder}:waiting  15.. lineage:{each lineage that the test is in}
-- ARGV: 1 testid  2 the test's user  3 lineage  4 checkpoints (JSON), the last two '' if they are not set
--       5 status and 6 body with which unanswered requests are answered
--       7 lifetime of these answers (ms)  8 Idempotency-Key of the stop, or ''
--       9 '' or the revision at which the test was found idle  10.. the lineages, in the order of their keys
-- Returns: {'unknown'} | {'conflict'} the key was used for another request | {'busy'} it is no longer idle |
--          {'moved'} user, lineage or checkpoints have changed | {'stopped', number of requests answered}
local test, requests, responses, garbage = KEYS[1], KEYS[2], KEYS[3], KEYS[13]
local testid, user, lineage, checkpoints, status, body = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local answersMs, key, idleRevision = ARGV[7], ARGV[8], ARGV[9]

local found = redis.call('HMGET', test, 'user', 'lineage', 'checkpoints', 'revision')
if not found[1] then return { 'unknown' } end
if found[1] ~= user or (found[2] or '') ~= lineage or (found[3] or '') ~= checkpoints then return { 'moved' } end
if idleRevision ~= '' and (found[4] ~= idleRevision or redis.call('XLEN', requests) > 0) then return { 'busy' } end

if key ~= '' and redis.call('HEXISTS', KEYS[8], key) == 1 then return { 'conflict' } end

local unanswered = redis.call('XRANGE', requests, '-', '+')
for _, request in ipairs(unanswered) do
  redis.pcall('XADD', responses, request[1], 'status', status, 'body', body)
end
-- Mark the stop for repetitions under its key, with an id above the ids of all requests.
redis.call('XADD', responses, '*', 'stopped', key)
redis.call('PEXPIRE', responses, answersMs)
-- The last test that leaves a lineage makes it garbage.
for i = 15, #KEYS do
  if redis.call('SREM', KEYS[i], testid) == 1 and redis.call('EXISTS', KEYS[i]) == 0 then
    redis.call('SADD', garbage, ARGV[i - 5])
  end
end
redis.call('DEL', test, requests, KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[12])
redis.call('ZREM', KEYS[9], testid)
redis.call('ZREM', KEYS[10], testid)
redis.call('SREM', KEYS[11], testid)
-- A worker that calls the next test of the holder is not to find this one.
redis.call('ZREM', KEYS[14], testid)
return { 'stopped', #unanswered }
