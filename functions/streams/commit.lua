#!lua flags=allow-key-locking
-- Answers the claimed request and applies its changes, all of them or none. Then hands over the test's next request or
-- releases the lease. Scripts do not roll back, so the commands that can refuse come first.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:response  4 {testid}:lease  5 {testid}:progress
--       6 {testid}:results  7 {testid}:segments  8 tests:outstanding:{shard}  9 users:{user}:tests:{testid}
--       10 {testid}:idempotency
--       11 the worker's slot, working:{holder}:{slot}  12 working:{holder}:crowded  13 working:{holder}:waiting
--       (11 to 13 are the lease's where the worker has no slot)
--       14 lineage:{that the test leaves}  15 lineage:{that it joins}  16 garbage: only if a lineage changes
-- ARGV: 1 testid  2 token  3 claimed revision  4 request id  5 answer's HTTP status  6 answer's body
--       7 now (ms)  8 lease (ms), 0 to release it in any case  9 backstop lifetime of keys (ms)
--       10 lease (ms) under which the worker keeps its slot for another test of its holder, 0 if it does not
--       11 result chunks, a line each, or ''
--       12 rare changes (JSON), or '': `progress`: true to delete it; `ownersStatus`: owner's view of the status;
--          `results`: 'clear' the chunks (they are in a segment now) or 'restart' without chunks and segments;
--          `segments`: references of new segments; `leaves` and `joins`: lineages
--       13.. fields of the test, names and values
-- Returns: {'lost'} lease, revision or request are not those claimed: nothing was written |
--          the error with which Redis takes no answer: nothing was written either |
--          {'next', request id, request fields} |
--          {'more', test to call, or ''} unanswered ones, lease released | {'done', test to call, or ''}
--          A test to call is another one of the holder that waits for a slot. Where there is one, and more is unanswered,
--          this test waits in the same queue.
local test, requests, responses, lease, progress = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local results, segments, outstanding, ownersView, idempotency = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local slot, crowded, waiting = KEYS[11], KEYS[12], KEYS[13]
local testid, token, revision, id, status, body = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local leaseMs, backstopMs, keepMs = tonumber(ARGV[8]), ARGV[9], tonumber(ARGV[10])
local chunks, rare = ARGV[11], ARGV[12] ~= '' and cjson.decode(ARGV[12]) or {}

-- @include answer.lua
-- @include turns.lua
-- @include held.lua

local current = redis.call('HMGET', test, 'revision', 'renewed', 'large')
if current[1] ~= revision then return { 'lost' } end

local refused = appendAnswer(id, status, body)
if refused then
  if string.find(refused.err, 'equal or smaller', 1, true) then return { 'lost' } end
  -- Any other error says nothing about whose work this is.
  return refused
end
if redis.call('XACK', requests, 'workers', id) == 0 then
  redis.call('XDEL', responses, id)
  return { 'lost' }
end
redis.call('XDEL', requests, id)

saveFields(current, id, body, ARGV[7], { unpack(ARGV, 13) })

if rare.results then redis.call('DEL', results) end
if rare.results == 'restart' then redis.call('DEL', segments) end
if rare.joins then
  redis.call('SADD', KEYS[15], testid)
  redis.call('PEXPIRE', KEYS[15], backstopMs)
end
-- The last test to leave a lineage puts it on the garbage.
if rare.leaves and redis.call('SREM', KEYS[14], testid) == 1 and redis.call('EXISTS', KEYS[14]) == 0 then
  redis.call('SADD', KEYS[16], rare.leaves)
end
appendChunks(chunks)
if append(segments, rare.segments or {}) then redis.call('PEXPIRE', segments, backstopMs) end
if rare.progress then redis.call('DEL', progress) end
if rare.ownersStatus then redis.call('HSET', ownersView, 'status', rare.ownersStatus) end
forgetKeys(revision)

-- The script that releases the lease looks for requests again: a doorbell that came meanwhile has been turned away.
local hasMore = false
if leaseMs > 0 then
  local reply = redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', 1, 'STREAMS', requests, '>')
  if reply then
    redis.call('PEXPIRE', lease, leaseMs)
    if slot ~= lease then redis.call('PEXPIRE', slot, leaseMs) end
    local entry = reply[1][2][1]
    return { 'next', entry[1], entry[2] }
  end
elseif redis.call('XLEN', requests) > 0 then
  hasMore = true
end

local called
if isCrowded then
  redis.call('ZREM', waiting, testid)
  if hasMore then queue(waiting, crowded, testid) end
  called = callNext(waiting, crowded)
end
if called and keepMs > 0 then
  redis.call('DEL', lease)
  redis.call('PEXPIRE', slot, keepMs)
else
  redis.call('DEL', lease, slot)
end
if hasMore then return { 'more', called or '' } end
redis.call('ZREM', outstanding, testid)
return { 'done', called or '' }
