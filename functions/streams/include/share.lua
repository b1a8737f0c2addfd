-- The share of a holder: as many workers at work as it has slots. It has fewer if other holders use several workers each: with n
-- such others, a part of 1 / (n + 2) of all workers, so that some always stay free. The script that includes this knows `holder`,
-- `nowMs` and `workers`.

-- Who uses several workers says so in `busy`, for 30 s: `{holder} {until, ms}`, again and again.
local function othersIn(noted)
  local count, kept, untilMs = 0, {}, 0
  for name, endMs in string.gmatch(noted or '', '(%S+) (%d+)') do
    if name == holder then
      untilMs = tonumber(endMs)
    elseif tonumber(endMs) > nowMs then
      count = count + 1
      kept[#kept + 1] = name .. ' ' .. endMs
    end
  end
  return count, kept, untilMs
end

-- @param slots how many the holder has  @param others as `othersIn` counts them
local function shareOf(slots, others)
  if others == 0 then return slots end
  return math.max(1, math.min(slots, math.floor(workers / (others + 2))))
end
