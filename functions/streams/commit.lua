#!lua flags=allow-key-locking
-- Answers the claimed request and applies what it changes, all of it or nothing; then hands over the next request or
-- lets go of the lease. Scripts do not roll back, so what can refuse comes first.
-- Some 1,000 answers are kept, and of large ones those that 32 MB of newer large ones do not stand before: 36 MB with the
-- last, and 32 MB of others at most, below what Upstash takes as one record (100 MB). The test's field `large` has their
-- ids and sizes, the newest first, so that nothing is to be counted for other answers.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:response  4 {testid}:lease  5 {testid}:progress
--       6 {testid}:results  7 {testid}:segments  8 tests:outstanding:{shard}  9 users:{user}:tests:{testid}
--       10 {testid}:idempotency  11 lineage:{that it leaves}  12 lineage:{that it joins}  13 garbage
--       14 what the worker has of its holder's share, working:{holder}:{slot}
--       (those of 11 to 14 that are not needed are the lease's: no key of all tests is locked for nothing)
-- ARGV: 1 testid  2 token  3 claimed revision  4 request id  5 answer's HTTP status  6 answer's body
--       7 now (ms)  8 lease (ms), 0 to let go in any case  9 backstop lifetime of keys (ms)
--       10 '1' if there is progress to drop  11 owner's view of the status, or ''
--       12 results: 'keep' the chunks | 'clear' them (they are in a segment now) | 'restart' without chunks and segments
--       13 result chunks, a line each, or ''
--       14 the lineage that is left, or ''  15 '1' if one is joined
--       16 number of fields that follow, names and values  17.. these, then the references of new segments
-- Returns: {'lost'} lease, revision or request are not those claimed: nothing was written |
--          the error with which Redis takes no answer: nothing was written either |
--          {'next', request id, request fields} | {'more'} unanswered ones, lease released | {'done'}
local test, requests, responses, lease, progress = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local results, segments, outstanding, ownersView, idempotency = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local left, joined, garbage, slot = KEYS[11], KEYS[12], KEYS[13], KEYS[14]
local testid, token, revision, id, status, body = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local nowMs, leaseMs, backstopMs = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local dropProgress, ownersStatus, resultsMode, chunks = ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local leaves, joins, fieldCount = ARGV[14], ARGV[15], tonumber(ARGV[16])

local KEPT_ANSWERS, KEPT_BYTES, LARGE_BYTES = 1000, 33554432, 32768
local RENEW_MS, ANSWERS_LIFETIME_MS = 600000, 4200000

if redis.call('GET', lease) ~= token then return { 'lost' } end
local current = redis.call('HMGET', test, 'revision', 'renewed', 'large')
if current[1] ~= revision then return { 'lost' } end

-- Refuses by itself a second answer to one request, or one out of order.
local answered = redis.pcall('XADD', responses, 'MAXLEN', '~', KEPT_ANSWERS, id, 'status', status, 'body', body)
if type(answered) == 'table' and answered.err then
  if string.find(answered.err, 'equal or smaller', 1, true) then return { 'lost' } end
  -- Any other says nothing about whose work this is.
  return answered
end
if redis.call('XACK', requests, 'workers', id) == 0 then
  redis.call('XDEL', responses, id)
  return { 'lost' }
end
redis.call('XDEL', requests, id)

local fields = { 'revision', tonumber(revision) + 1, 'timestamp', ARGV[7] }
if #body > LARGE_BYTES then
  local kept, oldestKept, bytes = { id .. ':' .. #body }, id, #body
  for each in string.gmatch(current[3] or '', '%S+') do
    if bytes >= KEPT_BYTES then
      redis.call('XTRIM', responses, 'MINID', oldestKept)
      break
    end
    local of, size = string.match(each, '^(%S+):(%d+)$')
    kept[#kept + 1], oldestKept, bytes = each, of, bytes + tonumber(size)
  end
  fields[#fields + 1] = 'large'
  fields[#fields + 1] = table.concat(kept, ' ')
end
for i = 17, 16 + fieldCount do fields[#fields + 1] = ARGV[i] end
-- Lifetimes are renewed rarely: an answer lives an hour at least, and ten minutes more at most.
if nowMs - tonumber(current[2] or 0) >= RENEW_MS then
  redis.call('PEXPIRE', responses, ANSWERS_LIFETIME_MS)
  for _, key in ipairs({ test, requests, results, segments, ownersView }) do redis.call('PEXPIRE', key, backstopMs) end
  fields[#fields + 1] = 'renewed'
  fields[#fields + 1] = ARGV[7]
end
redis.call('HSET', test, unpack(fields))

if resultsMode ~= 'keep' then redis.call('DEL', results) end
if resultsMode == 'restart' then redis.call('DEL', segments) end
if joins == '1' then
  redis.call('SADD', joined, testid)
  redis.call('PEXPIRE', joined, backstopMs)
end
-- The last to leave a lineage puts it on the garbage.
if leaves ~= '' and redis.call('SREM', left, testid) == 1 and redis.call('EXISTS', left) == 0 then
  redis.call('SADD', garbage, leaves)
end
local lines = {}
for line in string.gmatch(chunks, '[^\n]+') do lines[#lines + 1] = line end
-- As many at once as Lua can pass on.
for i = 1, #lines, 1000 do
  local last = math.min(i + 999, #lines)
  if redis.call('RPUSH', results, unpack(lines, i, last)) == last then redis.call('PEXPIRE', results, backstopMs) end
end
for i = 17 + fieldCount, #ARGV, 1000 do
  redis.call('RPUSH', segments, unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
if #ARGV > 16 + fieldCount then redis.call('PEXPIRE', segments, backstopMs) end
if dropProgress == '1' then redis.call('DEL', progress) end
if ownersStatus ~= '' then redis.call('HSET', ownersView, 'status', ownersStatus) end

-- Amortized: what stands in the way of nobody is cleared once in so many answers.
if (tonumber(revision) + 1) % KEPT_ANSWERS == 0 then
  local oldest = redis.call('XRANGE', responses, '-', '+', 'COUNT', 1)[1][1]
  local oldestMs = tonumber(string.match(oldest, '^%d+'))
  local seen = redis.call('HGETALL', idempotency)
  for i = 1, #seen, 2 do
    if tonumber(string.match(seen[i + 1], '^%d+')) < oldestMs then redis.call('HDEL', idempotency, seen[i]) end
  end
end

-- A release always looks again, in the script that releases: a doorbell that came meanwhile has been turned away.
if leaseMs > 0 then
  local reply = redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', 1, 'STREAMS', requests, '>')
  if reply then
    redis.call('PEXPIRE', lease, leaseMs)
    if slot ~= lease then redis.call('PEXPIRE', slot, leaseMs) end
    local entry = reply[1][2][1]
    return { 'next', entry[1], entry[2] }
  end
elseif redis.call('XLEN', requests) > 0 then
  redis.call('DEL', lease, slot)
  return { 'more' }
end
redis.call('DEL', lease, slot)
redis.call('ZREM', outstanding, testid)
return { 'done' }
