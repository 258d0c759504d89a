// Lua for Redis. Times are Redis's own, so that the clocks of workers need not agree. All keys of a lane have one hash tag, so
// that they are on one node of a cluster.

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Takes a place. KEYS: leases, sent, pause. ARGV: id, most, bytes, milliseconds of a lease, bytes of a window, its milliseconds.
 * Returns two numbers. The first is 0, or the milliseconds after which it is worth asking again, below zero if a place may come
 * free before. The second is the slot of the window that the bytes were counted in.
 */
export const ENTER = `${NOW}
local id, most, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, room, window = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local paused = tonumber(redis.call('GET', KEYS[3]) or '0') - now
if paused > 0 then return {paused, 0} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= most then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {now - tonumber(first[2]) - 1, 0}
end
local slot = 0
if room > 0 and bytes > 0 then
  local step = math.ceil(window / 60)
  slot = math.floor(now / step)
  local used, oldest = 0, slot
  local sent = redis.call('HGETALL', KEYS[2])
  for i = 1, #sent, 2 do
    local at = tonumber(sent[i])
    if (at + 1) * step + window <= now then redis.call('HDEL', KEYS[2], sent[i])
    elseif tonumber(sent[i + 1]) > 0 then
      used = used + tonumber(sent[i + 1])
      if at < oldest then oldest = at end
    end
  end
  if used > 0 and used + bytes > room then return {(oldest + 1) * step + window - now, 0} end
  redis.call('HINCRBY', KEYS[2], slot, bytes)
  redis.call('PEXPIRE', KEYS[2], window * 2)
end
redis.call('ZADD', KEYS[1], now + lease, id)
redis.call('PEXPIRE', KEYS[1], lease * 2)
return {0, slot}`;

/**
 * Gives a place back, and counts its bytes from now on, for the service has counted them later than this side. KEYS: leases,
 * sent. ARGV: id, bytes, their slot, milliseconds of the window, channel or nothing, lane.
 */
export const LEAVE = `${NOW}
redis.call('ZREM', KEYS[1], ARGV[1])
if ARGV[3] ~= '0' then
  local slot = math.floor(now / math.ceil(tonumber(ARGV[4]) / 60))
  if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then redis.call('HINCRBY', KEYS[2], ARGV[3], -ARGV[2]) end
  redis.call('HINCRBY', KEYS[2], slot, ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[4] * 2)
end
if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[5], ARGV[6]) end
return 0`;

/** Keeps places. KEYS: leases. ARGV: milliseconds of a lease, ids. A lease that has ended stays ended. */
export const RENEW = `${NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
return 0`;

/** Pauses a lane, and never shortens a pause. KEYS: pause. ARGV: milliseconds. */
export const PAUSE = `${NOW}
local till = now + tonumber(ARGV[1])
if till > tonumber(redis.call('GET', KEYS[1]) or '0') then redis.call('SET', KEYS[1], till, 'PX', ARGV[1]) end
return 0`;
