#!lua flags=allow-key-locking
-- Makes new tests that begin at the current state of another test, or at one of its checkpoints. They are Running at once,
-- in the same lineage, and independent from then on. Of the results only the part in Redis is copied.
-- KEYS: 1 tests:{origin}  2 {origin}:results  3 {origin}:segments  4 the set of the holder's tests  5 lineage:{lineage}
--       6 idempotency:{user}:{key}, or the origin's own  7 {origin}:lease
--       8.. for each new test tests:{testid}, {testid}:results, {testid}:segments, {testid}:request,
--       users:{user}:tests:{testid}, tests:active:{shard}
-- ARGV: 1 the origin's lineage, or the checkpoint's  2 the origin's checkpoints (JSON) as they were read, or '' to fork its
--       current state  3 user  4 address of an anonymous user, or ''  5 now (ms)  6 backstop lifetime of keys (ms)
--       7 fingerprint under the Idempotency-Key, or ''  8 lifetime of answers (ms)  9 most open tests of the holder
--       10 number of new tests  11 number of fields  12 prefix of the lease tokens that clear up a lineage
--       13.. ids of the new tests, then names of fields; for a checkpoint
--       also their values, result chunks (a line each) or '', and references of segments
-- Returns: {'unknown'} | {'queued'} | {'held'} the lineage is being cleared up |
--          {'moved'} lineage or checkpoints have changed | {'conflict'} |
--          {'repeated', ids of tests} | {'full', open tests} | {'forked'}
local origin, results, segments, held, lineage, idempotency = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local lease = KEYS[7]
local lineageid, checkpoints, user, address, nowMs, backstopMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local fingerprint, answerMs, mostTests = ARGV[7], ARGV[8], tonumber(ARGV[9])
local count, fieldCount = tonumber(ARGV[10]), tonumber(ARGV[11])
local clearing = ARGV[12]
local ids = { unpack(ARGV, 13, 12 + count) }
local names = { unpack(ARGV, 13 + count, 12 + count + fieldCount) }

-- The script is sent again if its reply is lost. No other tests have these ids.
if redis.call('EXISTS', KEYS[8]) == 1 then return { 'forked' } end
if fingerprint ~= '' then
  local seen = redis.call('GET', idempotency)
  if seen then
    local testids, _, of = string.match(seen, '^(%S+) (%S+) (%S+)$')
    if of == fingerprint then return { 'repeated', testids } end
    return { 'conflict' }
  end
end

local values = redis.call('HMGET', origin, 'status', 'lineage', 'checkpoints', unpack(names))
local status = table.remove(values, 1)
local itsLineage, itsCheckpoints = table.remove(values, 1), table.remove(values, 1)
if status == 'Queued' then return { 'queued' } end
if status ~= 'Running' then return { 'unknown' } end
-- While the origin is in the lineage, the sweeper does not delete its objects.
if checkpoints == '' and itsLineage ~= lineageid then return { 'moved' } end
if checkpoints ~= '' and itsCheckpoints ~= checkpoints then return { 'moved' } end
-- The sweeper deletes objects that no test of the lineage refers to, and holds the leases of all its tests. A test that
-- joined now could refer to the same objects.
if string.sub(redis.call('GET', lease) or '', 1, #clearing) == clearing then return { 'held' } end
local open = redis.call('SCARD', held)
if open + count > mostTests then return { 'full', open } end

local fields = { 'user', user, 'address', address, 'status', 'Running', 'revision', 0, 'timestamp', nowMs }
local testcaseid
for i, name in ipairs(names) do
  local value = values[i]
  if checkpoints ~= '' then value = ARGV[12 + count + fieldCount + i] end
  if value then
    -- No advance of the new test has ended yet.
    if name == 'timing' then value = string.gsub(value, '"endedMs":[^,}]+', '"endedMs":null') end
    if name == 'testcaseid' then testcaseid = value end
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end

local function saveResults(chunks, references)
  local chunksAt = 13 + count + 2 * fieldCount
  local lines = {}
  for line in string.gmatch(ARGV[chunksAt], '[^\n]+') do lines[#lines + 1] = line end
  -- In parts, because Lua limits the number of arguments.
  for i = 1, #lines, 1000 do redis.call('RPUSH', chunks, unpack(lines, i, math.min(i + 999, #lines))) end
  for i = chunksAt + 1, #ARGV, 1000 do redis.call('RPUSH', references, unpack(ARGV, i, math.min(i + 999, #ARGV))) end
end

for i = 1, count do
  local at = 2 + 6 * i
  local test, itsResults, itsSegments, requests = KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 3]
  local ownersView, active = KEYS[at + 4], KEYS[at + 5]
  redis.call('HSET', test, unpack(fields))
  if checkpoints ~= '' and i == 1 then
    saveResults(itsResults, itsSegments)
    results, segments = itsResults, itsSegments
  else
    redis.call('COPY', results, itsResults)
    redis.call('COPY', segments, itsSegments)
  end
  redis.call('XGROUP', 'CREATE', requests, 'workers', '$', 'MKSTREAM')
  redis.call('HSET', ownersView, 'status', 'Running', 'testcaseid', testcaseid)
  for _, key in ipairs({ test, itsResults, itsSegments, requests, ownersView }) do
    redis.call('PEXPIRE', key, backstopMs)
  end
  redis.call('ZADD', active, nowMs, ids[i])
end
redis.call('SADD', held, unpack(ids))
redis.call('SADD', lineage, unpack(ids))
redis.call('PEXPIRE', lineage, backstopMs)
if fingerprint ~= '' then
  redis.call('SET', idempotency, table.concat(ids, ',') .. ' fork ' .. fingerprint, 'PX', answerMs)
end
return { 'forked' }
