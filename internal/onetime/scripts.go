package onetime

import "github.com/redis/go-redis/v9"

// The first number that the scripts answer.
const (
	accepted     = 1
	tooSoon      = 2
	tooManyToday = 3
)

// issue answers {accepted|tooSoon|tooManyToday, milliseconds to wait}.
// KEYS: mac, tries, wait, day. ARGV: mac, life, resend, day (ms), per day.
var issue = redis.NewScript(`
local wait = redis.call('PTTL', KEYS[3])
if wait > 0 then return {2, wait} end
if tonumber(redis.call('GET', KEYS[4]) or '0') >= tonumber(ARGV[5]) then
  return {3, redis.call('PTTL', KEYS[4])}
end
if redis.call('INCR', KEYS[4]) == 1 then redis.call('PEXPIRE', KEYS[4], ARGV[4]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return {1, 0}
`)

// check answers {accepted|0, attempts left}.
// KEYS as above. ARGV: mac, attempts, life, a random age below life (ms).
//
// Where there is no code, it plays one of that age: the attempts run out and are forgotten as if it were real, so nobody learns from the
// answers whether one was ever issued. When the next may be issued is not answered at all: only a real one always waits a whole minute.
var check = redis.NewScript(`
local mac = redis.call('GET', KEYS[1])
local tries = tonumber(redis.call('GET', KEYS[2]) or '0')
local most = tonumber(ARGV[2])
if mac and tries < most and mac == ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[2])
  return {1, 0}
end
if tries == 0 then
  local life = redis.call('PTTL', KEYS[1])
  if not mac then life = tonumber(ARGV[3]) - tonumber(ARGV[4]) end
  if life < 1 then life = 1 end
  redis.call('SET', KEYS[2], '0', 'PX', life)
end
if tries < most then tries = redis.call('INCR', KEYS[2]) end
if tries >= most then redis.call('DEL', KEYS[1]) end
return {0, most - tries}
`)
