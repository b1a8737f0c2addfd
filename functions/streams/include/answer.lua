-- An answer, and what goes with it. The script that includes this knows `test`, `requests`, `responses`, `results`, `segments`,
-- `ownersView`, `idempotency` and `backstopMs`.
-- About 1,000 answers are kept. Large answers are kept until 32 MB of newer large ones exist: 36 MB with the last one, and
-- 32 MB of others at most, below the most that Upstash takes as one record (100 MB). The test's field `large` has the ids and
-- sizes of large answers, the newest first, so that other answers need no counting.
local KEPT_ANSWERS, KEPT_BYTES, LARGE_BYTES = 1000, 33554432, 32768
local RENEW_MS, ANSWERS_LIFETIME_MS = 600000, 4200000

-- Redis itself refuses a second answer to one request, and one out of order. @returns the error if it takes none
local function appendAnswer(id, status, body)
  local added = redis.pcall('XADD', responses, 'MAXLEN', '~', KEPT_ANSWERS, id, 'status', status, 'body', body)
  return type(added) == 'table' and added.err and added or nil
end

-- Writes the fields of a test that was answered. @param before values of `revision`, `renewed` and `large`
local function saveFields(before, id, body, now, changed)
  local fields = { 'revision', tonumber(before[1]) + 1, 'timestamp', now, unpack(changed) }
  if #body > LARGE_BYTES then
    local kept, oldestKept, bytes = { id .. ':' .. #body }, id, #body
    for each in string.gmatch(before[3] or '', '%S+') do
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
  -- Lifetimes are renewed rarely: an answer lives an hour at least, and ten minutes more at most.
  if tonumber(now) - tonumber(before[2] or 0) >= RENEW_MS then
    redis.call('PEXPIRE', responses, ANSWERS_LIFETIME_MS)
    for _, key in ipairs({ test, requests, results, segments, ownersView }) do redis.call('PEXPIRE', key, backstopMs) end
    fields[#fields + 1] = 'renewed'
    fields[#fields + 1] = now
  end
  redis.call('HSET', test, unpack(fields))
end

-- As many values at once as Lua can pass on. @returns how many the list had before
local function append(list, values)
  local before
  for i = 1, #values, 1000 do
    local last = math.min(i + 999, #values)
    local length = redis.call('RPUSH', list, unpack(values, i, last))
    before = before or length - last
  end
  return before
end

-- @param chunks a line each
local function appendChunks(chunks)
  local lines = {}
  for line in string.gmatch(chunks, '[^\n]+') do lines[#lines + 1] = line end
  if append(results, lines) == 0 then redis.call('PEXPIRE', results, backstopMs) end
end

-- Once in so many answers: Idempotency-Keys of answers that are not kept any more are deleted.
local function forgetKeys(revisionBefore)
  if (tonumber(revisionBefore) + 1) % KEPT_ANSWERS ~= 0 then return end
  local oldest = redis.call('XRANGE', responses, '-', '+', 'COUNT', 1)[1][1]
  local oldestMs = tonumber(string.match(oldest, '^%d+'))
  local seen = redis.call('HGETALL', idempotency)
  for i = 1, #seen, 2 do
    if tonumber(string.match(seen[i + 1], '^%d+')) < oldestMs then redis.call('HDEL', idempotency, seen[i]) end
  end
end
