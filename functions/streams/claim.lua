#!lua flags=allow-key-locking
-- Takes a test's lease and delivers its oldest unanswered request, with what is needed to compute it.
-- In this order: does the test exist; is there anything to do; then the lease. A claim that finds nothing takes none.
-- KEYS: 1 tests:{testid}  2 {testid}:request  3 {testid}:lease  4 {testid}:progress  5 tests:outstanding:{shard}
--       6 {testid}:segments  7 {testid}:results
--       8.. none, or working:{holder}:next and then all of working:{holder}:{0..}: the share of the test's holder
-- ARGV: 1 testid  2 token  3 lease (ms)  4 the method, if any, whose requests need the whole test
--       5.. names of the test's fields to return, `revision` first
-- Returns: {'unknown'} | {'idle'} | {'busy'} |
--          {'crowded', '1' if this test is the next of its holder's} as many workers as may be are at work for the holder |
--          {'claimed', request id, request fields, deliveries, test's field values, progress fields,
--           key of the share that was taken, or '',
--           {all fields of the test, segment references, result chunks} for a request of that method}
local test, requests, lease, progress, outstanding = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local segments, results = KEYS[6], KEYS[7]
local testid, token, leaseMs, needy = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local NEXT_MS = 20000
local isHeld, slot = false, nil

local values = redis.call('HMGET', test, unpack(ARGV, 5))
if not values[1] then
  redis.call('ZREM', outstanding, testid)
  return { 'unknown' }
end

if redis.call('XLEN', requests) == 0 then
  redis.call('ZREM', outstanding, testid)
  return { 'idle' }
end

if not redis.call('SET', lease, token, 'NX', 'PX', leaseMs) then
  -- Re-entrant for the same token: the reply to its first claim may have been lost.
  if redis.call('GET', lease) ~= token then return { 'busy' } end
  redis.call('PEXPIRE', lease, leaseMs)
  isHeld = true
end

-- One of the holder's share. Whoever was turned away first is the next to get one; a test that has just left off has its turn
-- after that one.
if #KEYS > 7 then
  local held = redis.call('MGET', unpack(KEYS, 8))
  local isNext, free, isFree = held[1] == testid, 0, nil
  for i = 2, #held do
    if held[i] == token then slot = KEYS[7 + i] end
    if not held[i] then free, isFree = free + 1, isFree or KEYS[7 + i] end
  end
  local kept = held[1] and not isNext and 1 or 0
  if not slot and free <= kept then
    redis.call('DEL', lease)
    if held[1] and not isNext then return { 'crowded', '0' } end
    redis.call('SET', KEYS[8], testid, 'PX', NEXT_MS)
    return { 'crowded', '1' }
  end
  slot = slot or isFree
  redis.call('SET', slot, token, 'PX', leaseMs)
  if isNext then redis.call('DEL', KEYS[8]) end
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
    -- The worker that was given it lives: it only did not hear so, and this is not one more delivery.
    deliveries = deliveries - 1
    redis.call('XCLAIM', requests, 'workers', 'worker', 0, entry[1], 'RETRYCOUNT', deliveries, 'JUSTID')
  end
  -- After the count: what is refused here is tried again.
  local saved = redis.call('HGETALL', progress)
  return { 'claimed', entry[1], entry[2], deliveries, values, saved, slot or '', wholeFor(entry[2]) }
end
entry = read('>')
if entry then return { 'claimed', entry[1], entry[2], 1, values, {}, slot or '', wholeFor(entry[2]) } end

redis.call('DEL', lease, slot or lease)
redis.call('ZREM', outstanding, testid)
return { 'idle' }
