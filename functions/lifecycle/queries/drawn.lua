#!lua flags=allow-key-locking
-- Reads the fields of a test that a forecast needs, and stores when its error was drawn: with a seed, the error follows from
-- the test's time at the first request of the same hour and horizon. Only a valid request stores it: the caller names the
-- test cases that it knows and for which the request is valid.
-- KEYS: 1 tests:{testid}
-- ARGV: 1 horizon (s)  2 longest horizon of an uncertain forecast (s)
--       3 '1' if the request has the point of temperature_uncertainty  4 '1' if it has that of solar_uncertainty
--       5.. test cases for which the request is valid, `{id} {version}`
-- Returns: {'unknown'} | {'found', status, test case, its version, time (s), scenario (JSON), lineage, time of the draw (s) or ''}
local test = KEYS[1]
local horizon, longest, temperature, solar = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local values = redis.call('HMGET', test, 'status', 'testcaseid', 'time', 'scenario', 'lineage', 'drawn', 'version')
local status, testcaseid, time, scenario, lineage = values[1], values[2], values[3], values[4], values[5]
if not status then return { 'unknown' } end

local isValid = false
for i = 5, #ARGV do isValid = isValid or ARGV[i] == testcaseid .. ' ' .. (values[7] or '') end

local function timeOfDraw()
  if not isValid or not time or not scenario or tonumber(horizon) > longest then return '' end
  local set = cjson.decode(scenario)
  local isFalse = (temperature == '1' and set.temperature_uncertainty ~= cjson.null)
    or (solar == '1' and set.solar_uncertainty ~= cjson.null)
  if not isFalse or set.seed == cjson.null then return '' end

  -- `{hour} {horizon}={time of its draw} …`: the draws of the current hour.
  local MOST = 1000
  local hour = string.format('%d', math.floor(tonumber(time) / 3600))
  local of, draws = string.match(values[6] or '', '^(%d+)( .*)$')
  if of ~= hour then draws = '' end
  local _, last = string.find(draws, ' ' .. horizon .. '=', 1, true)
  if last then return string.match(draws, '^%S+', last + 1) end
  if #draws > MOST then draws = string.gsub(draws, '^ %S+', '', 1) end
  -- Without its stamp, for it is not the test any more that somebody may remember under it.
  redis.call('HSET', test, 'drawn', hour .. draws .. ' ' .. horizon .. '=' .. time, 'stamp', '')
  return time
end

return { 'found', status, testcaseid, values[7] or '', time or '', scenario or '', lineage or '', timeOfDraw() }
