#!lua flags=allow-key-locking
-- Reads the state of a request.
-- KEYS: 1 {testid}:request  2 {testid}:response
-- ARGV: 1 request id
-- Returns: {'answered', answer's fields} | {'waiting'} | {'gone'} its answer is not kept any more, or there never was such a request | {'unknown'}
local requests, responses, id = KEYS[1], KEYS[2], ARGV[1]

local answer = redis.call('XRANGE', responses, id, id)[1]
if answer and answer[2][1] == 'status' then return { 'answered', answer[2] } end
if #redis.call('XRANGE', requests, id, id) > 0 then return { 'waiting' } end

-- Ids only rise: an id above the last one was never given to a request.
local function lastId(stream)
  if redis.call('EXISTS', stream) == 0 then return nil end
  local info = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end
local function parts(of)
  local ms, seq = string.match(of, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end
local last = lastId(requests) or lastId(responses)
if not last then return { 'unknown' } end
local ms, seq = parts(id)
local lastMs, lastSeq = parts(last)
if ms < lastMs or (ms == lastMs and seq <= lastSeq) then return { 'gone' } end
return { 'unknown' }
