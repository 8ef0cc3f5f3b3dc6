import Foundation
import RedisClient

/// Counts requests in Redis, so that all instances of the gateway share the counts.
///
/// Redis decides about all limits of a request in one step and one round trip, by its own clock. While it is away, each instance
/// admits its share of the limits.
struct RateLimiter: Sendable {
    /// What somebody may do within a minute.
    struct Limit: Sendable {
        /// Who is counted, and for what: the name of the count.
        var client: String
        var perMinute: Int
    }

    let redis: Redis
    let local: LocalLimiter
    /// The time, for tests; `nil` for that of Redis, which all instances share.
    var clock: (@Sendable () -> Date)?

    /// Counts a request, unless one of the limits refuses it: a client that waits as long as the answer says gets through.
    ///
    /// - Returns: What is left of the limit that the client is nearest to.
    func count(_ limits: [Limit]) async -> Usage? {
        Usage.tightest(await usages(limits, cost: 1))
    }

    /// What is left of a limit; counts nothing.
    func look(at limit: Limit) async -> Usage? {
        await usages([limit], cost: 0).first
    }

    private func usages(_ limits: [Limit], cost: Int) async -> [Usage] {
        let now = clock.map { Self.milliseconds($0()) }
        let arguments = [now.map { "\($0)" } ?? "", "\(cost)"] + limits.map { "\($0.perMinute)" }
        let answer = try? await redis.run(Self.script, keys: limits.map { "rate:\($0.client)" }, arguments: arguments)
        if let usages = answer.flatMap({ Self.usages($0, limits) }) { return usages }
        return local.admit(limits, cost: cost, at: now ?? Self.milliseconds(Date()))
    }

    private static func milliseconds(_ time: Date) -> Int64 { Int64(time.timeIntervalSince1970 * 1000) }

    private static func usages(_ answer: RedisValue, _ limits: [Limit]) -> [Usage]? {
        guard case .array(let values) = answer, values.count == 3 * limits.count else { return nil }
        let numbers = values.map { if case .integer(let number) = $0 { number } else { 0 as Int64 } }
        return limits.enumerated().map { index, limit in
            Usage(
                isAdmitted: numbers[3 * index] == 1,
                limit: limit.perMinute,
                remaining: Int(numbers[3 * index + 1]),
                milliseconds: numbers[3 * index + 2]
            )
        }
    }

    /// `SlidingWindow` for several keys. A key holds the count of each second by its number, and their sum, so that a request costs
    /// the same however many are in the window; once a second, those that are over are taken out.
    private static let script = RedisScript(
        """
        local now, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
        if not now then
          local time = redis.call('TIME')
          now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local second = math.floor(now / 1000)
        local windows, isAdmitted = {}, true
        for i, key in ipairs(KEYS) do
          local state = redis.call('HMGET', key, 'total', 'oldest')
          local total, oldest = tonumber(state[1]) or 0, tonumber(state[2])
          if oldest and (oldest < second - 60 or oldest > second) then
            local fields = redis.call('HGETALL', key)
            total, oldest = 0, nil
            for j = 1, #fields, 2 do
              local at = tonumber(fields[j])
              if at and (at < second - 60 or at > second) then
                redis.call('HDEL', key, fields[j])
              elseif at then
                total = total + fields[j + 1]
                if not oldest or at < oldest then oldest = at end
              end
            end
            if oldest then
              redis.call('HSET', key, 'total', total, 'oldest', oldest)
            else
              redis.call('DEL', key)
            end
          end
          windows[i] = { total, oldest, total < tonumber(ARGV[2 + i]) }
          isAdmitted = isAdmitted and windows[i][3]
        end
        local answer = {}
        for i, key in ipairs(KEYS) do
          local total, oldest, hasRoom = unpack(windows[i])
          if isAdmitted and cost > 0 then
            total = total + cost
            redis.call('HINCRBY', key, 'total', cost)
            if redis.call('HINCRBY', key, second, cost) == cost then redis.call('EXPIRE', key, 62) end
            if not oldest then
              oldest = second
              redis.call('HSET', key, 'oldest', second)
            end
          end
          answer[#answer + 1] = hasRoom and 1 or 0
          answer[#answer + 1] = math.max(0, ARGV[2 + i] - total)
          answer[#answer + 1] = oldest and (oldest + 61) * 1000 - now or 0
        end
        return answer
        """
    )
}
