#!lua flags=allow-key-locking
-- Appends a command to a test's request stream and marks the test as having unanswered requests. The caller may offer to
-- carry the command out at once: then, if nothing else is unanswered and the work is small, the script takes the lease for
-- the caller and delivers the request.
-- The caller may also bring the answer, computed from a test that it remembers. If the test is still that one, and nobody is at
-- it, the request goes into its stream, which gives it its id, and out again, and its answer is committed: all or nothing.
-- Else the script does what it does without.
-- The work of a compiled model is small by what its last step took (the field `cost`), if that was a short time ago: its process
-- is alive then. It takes one of its holder's slots, as with a worker, so that a holder's models are asked by so many at once.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 tests:outstanding:{shard}  4 {testid}:idempotency  5 {testid}:lease
--       6 {testid}:response  7 {testid}:results  8 {testid}:segments  9 users:{user}:tests:{testid}
--       (6 to 9 only with an answer)
--       6 working:busy  7 working:{holder}:crowded  8 working:{holder}:waiting  9.. all of working:{holder}:{slot}
--       (these only with the offer to ask compiled models, and never with an answer)
-- ARGV: 1 testid  2 method  3 params (JSON)  4 arrival (ms)  5 most unanswered requests
--       6 Idempotency-Key, or ''  7 fingerprint of the request  8 lifetime of answers (ms)
--       9 token of the caller's offer, or ''  10 lease (ms)  11 longest work that is small (ms)
--       12 time to simulate (s), or '' for the test's step  13 how many times over
--       14 bytes of samples that the caller no longer records  15 nonce, by which the caller finds the request again
--       16 '1' to refuse a command that cannot be carried out at once, else ''
--       17 `{revision} {stamp}` of the test from which the answer was computed; '' if there is none
--       18 answer's HTTP status  19 answer's body  20 now (ms)  21 backstop lifetime of keys (ms)
--       22 result chunks, a line each, or ''
--       23 longest work of a compiled model that the caller takes on (ms), or '' if it asks none
--       24 for how long after an answer a model's process counts as alive (ms)  25 number of all workers  26 holder
--       27 number of fields to return
--       28.. names of the test's fields to return: `revision`, `cost`, `width`, `step`, `tail`, `user`, `address`, `stamp`,
--       `renewed`, `large`, `owner`, `timestamp`, then others; then fields of the answered test, names and values
-- Returns: {'unknown'} | {'repeated', request id, user, address} | {'conflict'} | {'full', unanswered} | {'busy'} |
--          {'enqueued', request id, user, address, owner of the test's model, or ''} |
--          {'claimed', request id, test's field values, key of the slot that was taken, or ''} |
--          {'answered', request id} the answer is committed
local test, requests, outstanding, idempotency, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local responses, results, segments, ownersView = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local testid, method, params, arrivalMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local mostUnanswered, key, fingerprint, answerMs = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]
local token, leaseMs, smallMs, seconds, times = ARGV[9], ARGV[10], tonumber(ARGV[11]), ARGV[12], ARGV[13]
local manyBytes, nonce, atOnce = tonumber(ARGV[14]), ARGV[15], ARGV[16]
local from, status, body, now, backstopMs, chunks = ARGV[17], ARGV[18], ARGV[19], ARGV[20], ARGV[21], ARGV[22]
local modelMs, aliveMs = tonumber(ARGV[23]), tonumber(ARGV[24])
local nowMs, workers, holder = tonumber(arrivalMs), tonumber(ARGV[25]), ARGV[26]
local lastName, FIRST_SLOT = 27 + tonumber(ARGV[27]), 9
-- @include answer.lua
-- @include share.lua

local values = redis.call('HMGET', test, unpack(ARGV, 28, lastName))
if not values[1] then return { 'unknown' } end
local user, address, owner = values[6] or '', values[7] or '', values[11] or ''
-- Whether a compiled model has work to do.
local asksModel = owner ~= '' and seconds ~= '0'

if key ~= '' then
  local seen = redis.call('HGET', idempotency, key)
  if seen then
    local id, of = string.match(seen, '^(%S+) (%S+)$')
    if of == fingerprint then return { 'repeated', id, user, address } end
    return { 'conflict' }
  end
end

-- Answered requests leave the stream, so its length is the number of unanswered ones.
local unanswered = redis.call('XLEN', requests)
if unanswered >= mostUnanswered then return { 'full', unanswered } end

-- Whether the work is short, and its samples are few enough for the caller.
local function isSmall()
  if asksModel then
    if not modelMs or nowMs - (tonumber(values[12]) or 0) > aliveMs then return false end
    smallMs = modelMs
  end
  local cost, width = tonumber(values[2]), tonumber(values[3])
  -- It has not started.
  if not cost or not width or not values[5] then return false end
  local simulated = (tonumber(seconds) or tonumber(values[4])) * times
  return cost * simulated <= smallMs and width * simulated < manyBytes
end

if atOnce ~= '' and (unanswered > 0 or not isSmall() or redis.call('EXISTS', lease) == 1) then return { 'busy' } end

-- Each commit has a random stamp of its own: a database that lost writes and counts up again does not come to the same one.
local isOfThis = from ~= '' and values[1] .. ' ' .. (values[8] or '') == from
local isAnswered = isOfThis and unanswered == 0 and redis.call('EXISTS', lease) == 0

local id = redis.call('XADD', requests, '*', 'method', method, 'params', params, 'arrival', arrivalMs, 'nonce', nonce)
if isAnswered and not appendAnswer(id, status, body) then
  redis.call('XDEL', requests, id)
  saveFields({ values[1], values[9], values[10] }, id, body, now, { unpack(ARGV, lastName + 1) })
  appendChunks(chunks)
  forgetKeys(values[1])
else
  isAnswered = false
  -- The time since which the test has unanswered requests, or of its last doorbell. A later time, to which the test was
  -- postponed, ends now.
  redis.call('ZADD', outstanding, 'LT', arrivalMs, testid)
end
if key ~= '' then
  redis.call('HSET', idempotency, key, id .. ' ' .. fingerprint)
  redis.call('PEXPIRE', idempotency, answerMs)
end
if isAnswered then return { 'answered', id } end

-- One of the holder's slots, if one is plainly free; nil where its tests wait for slots already.
local function freeSlot()
  local found = redis.call('MGET', KEYS[6], KEYS[7], unpack(KEYS, FIRST_SLOT))
  local used, free = 0, nil
  for i = 3, #found do
    if found[i] then used = used + 1 else free = free or KEYS[i + FIRST_SLOT - 3] end
  end
  if found[2] or used >= shareOf(#found - 2, (othersIn(found[1]))) then return nil end
  return free
end

-- @returns the slot that was taken, '' where none is needed; nil if there is no slot, or no lease
local function take()
  local slot = asksModel and freeSlot() or ''
  if asksModel and slot == '' then return nil end
  if not redis.call('SET', lease, token, 'NX', 'PX', leaseMs) then return nil end
  if slot ~= '' then redis.call('SET', slot, token, 'PX', leaseMs) end
  return slot
end

local slot = token ~= '' and unanswered == 0 and isSmall() and take()
if slot then
  redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', 1, 'STREAMS', requests, '>')
  return { 'claimed', id, values, slot }
end
return { 'enqueued', id, user, address, owner }
