#!lua flags=allow-key-locking
-- Calls the next test of a holder, after the one that was called before needed no worker. A worker that has a slot keeps it
-- for the next test, or gives it back.
-- KEYS: 1 working:{holder}:crowded  2 working:{holder}:waiting
--       3 the worker's slot, working:{holder}:{slot}; the first key again where the worker has none
-- ARGV: 1 the test called before, if it needs no turn any more, or ''  2 token
--       3 lease (ms) under which the worker keeps its slot for the next test; it gives the slot back at 0
-- Returns: {'called', test} | {'none'}
local crowded, waiting, slot = KEYS[1], KEYS[2], KEYS[3]
local before, token, keepMs = ARGV[1], ARGV[2], tonumber(ARGV[3])
-- @include turns.lua

if before ~= '' then redis.call('ZREM', waiting, before) end
local called = callNext(waiting, crowded)
if slot ~= crowded and redis.call('GET', slot) == token then
  if called and keepMs > 0 then redis.call('PEXPIRE', slot, keepMs) else redis.call('DEL', slot) end
end
if called then return { 'called', called } end
return { 'none' }
