#!lua flags=allow-key-locking
-- Takes a test's lease and delivers its oldest unanswered request, with what is needed to compute it.
-- In this order: does the test exist; is there anything to do; is its holder's share of the workers used up; then the lease.
-- A claim that delivers nothing takes no lease.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:lease  4 {testid}:progress  5 tests:outstanding:{shard}
--       6 {testid}:segments  7 {testid}:results
--       8 working:busy  9 working:{holder}:crowded  10 working:{holder}:waiting  11.. all of working:{holder}:{slot}
--       (8 to 11 are the share of the test's holder, and left out where it has none)
-- ARGV: 1 testid  2 token  3 lease (ms)  4 the method, if any, whose requests need the whole test
--       5 now (ms)  6 number of all workers  7 holder, or ''
--       8.. names of the test's fields to return, `revision` first
-- Returns: {'unknown'} | {'idle'} | {'busy'} |
--          {'crowded'} the share is used up; the test waits in its holder's queue, and a slot that it had is free |
--          {'claimed', request id, request fields, deliveries, test's field values, progress fields,
--           key of the slot that was taken, or '',
--           a test of the holder for which a second slot is free, or '',
--           {all fields of the test, segment references, result chunks} for a request of that method}
local test, requests, lease, progress, outstanding = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local segments, results = KEYS[6], KEYS[7]
local testid, token, leaseMs, needy = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local nowMs, workers, holder = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local BUSY_MS, FIRST_SLOT = 30000, 11
local isHeld, slot, called = false, nil, nil
-- @include turns.lua
-- @include share.lua

local values = redis.call('HMGET', test, unpack(ARGV, 8))
if not values[1] then
  redis.call('ZREM', outstanding, testid)
  return { 'unknown' }
end

if redis.call('XLEN', requests) == 0 then
  redis.call('ZREM', outstanding, testid)
  return { 'idle' }
end

if #KEYS < FIRST_SLOT then
  if not redis.call('SET', lease, token, 'NX', 'PX', leaseMs) then
    -- Re-entrant for the same token: the reply to its first claim may have been lost.
    if redis.call('GET', lease) ~= token then return { 'busy' } end
    redis.call('PEXPIRE', lease, leaseMs)
    isHeld = true
  end
else
  local busy, crowded, waiting = KEYS[8], KEYS[9], KEYS[10]
  local found = redis.call('MGET', lease, busy, crowded, unpack(KEYS, FIRST_SLOT))
  if found[1] and found[1] ~= token then return { 'busy' } end
  isHeld = found[1] == token

  local used, free = 0, nil
  for i = 4, #found do
    local key = KEYS[i + FIRST_SLOT - 4]
    if found[i] == token then
      slot = key
    elseif found[i] then
      used = used + 1
    else
      free = free or key
    end
  end
  local others, kept, notedUntilMs = othersIn(found[2])
  local share = shareOf(#found - 3, others)

  if not isHeld and used >= share then
    if slot then redis.call('DEL', slot) end
    queue(waiting, crowded, testid)
    return { 'crowded' }
  end
  slot = slot or free
  redis.call('SET', slot, token, 'PX', leaseMs)
  redis.call('SET', lease, token, 'PX', leaseMs)
  if used > 0 and notedUntilMs < nowMs + BUSY_MS / 2 then
    kept[#kept + 1] = holder .. ' ' .. (nowMs + BUSY_MS)
    redis.call('SET', busy, table.concat(kept, ' '), 'PX', BUSY_MS)
  end
  if found[3] then
    redis.call('ZADD', waiting, 'XX', redisMs() + CALLED_AGAIN_MS, testid)
    -- The share may have grown, or a worker may have died: then there is a slot for one test more.
    if used + 1 < share then called = callNext(waiting, crowded) end
  end
end

local function read(from)
  local reply = redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', 1, 'STREAMS', requests, from)
  return reply and reply[1][2][1]
end

local function wholeFor(fields)
  for i = 1, #fields, 2 do
    if fields[i] == 'method' and fields[i + 1] == needy then
      return {
        redis.call('HGETALL', test),
        redis.call('LRANGE', segments, 0, -1),
        redis.call('LRANGE', results, 0, -1),
      }
    end
  end
end

-- First one that was delivered to a worker that never committed, else the next new one.
local entry = read('0')
if entry then
  local pending = redis.call('XPENDING', requests, 'workers', entry[1], entry[1], 1)
  local deliveries = pending[1][4]
  if isHeld and deliveries > 1 then
    -- The worker that was given the request lives. It only did not hear so, and this is not one more delivery.
    deliveries = deliveries - 1
    redis.call('XCLAIM', requests, 'workers', 'worker', 0, entry[1], 'RETRYCOUNT', deliveries, 'JUSTID')
  end
  -- After the count: if Redis refuses this, the next claim delivers the request again.
  local saved = redis.call('HGETALL', progress)
  return { 'claimed', entry[1], entry[2], deliveries, values, saved, slot or '', called or '', wholeFor(entry[2]) }
end
entry = read('>')
if entry then return { 'claimed', entry[1], entry[2], 1, values, {}, slot or '', called or '', wholeFor(entry[2]) } end

redis.call('DEL', lease, slot or lease)
redis.call('ZREM', outstanding, testid)
return { 'idle' }
