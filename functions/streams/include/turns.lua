-- The tests of one holder that were turned away, by the time from which each may be called: the sorted set `waiting`. A test
-- that is called stays in it until its request is answered, so that it is called again if its worker dies. The string
-- `crowded` exists while there may be such tests. Both expire: the sweeper finds every unanswered request anyway.
local CALLED_AGAIN_MS, QUEUE_LIFETIME_MS = 10000, 3600000

-- With fractions, so that the order is that of arrival.
local function redisMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

-- Puts a test at the end of the queue. A test that waits already keeps its place.
local function queue(waiting, crowded, testid)
  redis.call('ZADD', waiting, 'LT', redisMs(), testid)
  redis.call('PEXPIRE', waiting, QUEUE_LIFETIME_MS)
  redis.call('SET', crowded, '1', 'PX', QUEUE_LIFETIME_MS)
end

-- The test whose turn it is, or nil.
local function callNext(waiting, crowded)
  local nowMs = redisMs()
  local called = redis.call('ZRANGE', waiting, '-inf', nowMs, 'BYSCORE', 'LIMIT', 0, 1)[1]
  if called then
    redis.call('ZADD', waiting, 'XX', nowMs + CALLED_AGAIN_MS, called)
  elseif redis.call('EXISTS', waiting) == 0 then
    redis.call('DEL', crowded)
  end
  return called
end
