#!lua flags=allow-key-locking
-- Creates a test, Queued, with the request that starts it.
-- KEYS: 1 tests:{testid}  2 the set of the holder's tests, users:{user}:tests or of an address  3 users:{user}:tests:{testid}  4 {testid}:request
--       5 tests:outstanding:{shard}  6 tests:active:{shard}  7 idempotency:{user}:{key}
-- ARGV: 1 testid  2 user  3 test case  4 its version  5 owner of the package, or ''  6 now (ms)
--       7 backstop lifetime of keys (ms)  8 step (s)  9 scenario (JSON)
--       10 fingerprint under the Idempotency-Key, or ''  11 lifetime of answers (ms)
--       12 computing time (ms per s)  13 size of the results (bytes per s)
--       14 address of an anonymous user, or ''  15 most open tests of the holder, or ''
-- Returns: {'full', open tests} | {'created', request id} | {'repeated', test id, request id} | {'conflict'}
local test, userTests, ownersView, requests = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local outstanding, active, idempotency = KEYS[5], KEYS[6], KEYS[7]
local testid, user, testcaseid, version, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local nowMs, backstopMs = ARGV[6], ARGV[7]
local step, scenario, fingerprint, answerMs = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local cost, width, address, mostTests = ARGV[12], ARGV[13], ARGV[14], tonumber(ARGV[15])

-- The script is sent again if its reply is lost. No other test has this id.
local start = redis.call('HGET', test, 'start')
if start then return { 'created', start } end

if fingerprint ~= '' then
  local seen = redis.call('GET', idempotency)
  if seen then
    local firstTestid, id, of = string.match(seen, '^(%S+) (%S+) (%S+)$')
    if of == fingerprint then return { 'repeated', firstTestid, id } end
    return { 'conflict' }
  end
end

if mostTests then
  local open = redis.call('SCARD', userTests)
  if open >= mostTests then return { 'full', open } end
end

redis.call('XGROUP', 'CREATE', requests, 'workers', '$', 'MKSTREAM')
local id = redis.call('XADD', requests, '*', 'method', 'start', 'params', 'null', 'arrival', nowMs)
redis.call('HSET', test, 'start', id, 'user', user, 'status', 'Queued', 'testcaseid', testcaseid, 'version', version,
  'owner', owner, 'timestamp', nowMs, 'revision', 0, 'step', step, 'scenario', scenario, 'cost', cost, 'width', width,
  'address', address)
redis.call('PEXPIRE', test, backstopMs)
redis.call('SADD', userTests, testid)
redis.call('HSET', ownersView, 'status', 'Queued', 'testcaseid', testcaseid)
redis.call('PEXPIRE', ownersView, backstopMs)
redis.call('PEXPIRE', requests, backstopMs)
redis.call('ZADD', outstanding, nowMs, testid)
redis.call('ZADD', active, nowMs, testid)
if fingerprint ~= '' then
  redis.call('SET', idempotency, testid .. ' ' .. id .. ' ' .. fingerprint, 'PX', answerMs)
end
return { 'created', id }
