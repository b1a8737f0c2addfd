#!lua flags=allow-key-locking
-- Takes the leases of all given tests, or none of them, so that no worker can commit on these tests.
-- KEYS: 1.. {testid}:lease
-- ARGV: 1 token  2 lease (ms)
-- Returns: {'busy'} | {'held'}
local token, leaseMs = ARGV[1], ARGV[2]
if #KEYS > 0 and redis.call('EXISTS', unpack(KEYS)) > 0 then return { 'busy' } end
for i = 1, #KEYS do redis.call('SET', KEYS[i], token, 'PX', leaseMs) end
return { 'held' }
