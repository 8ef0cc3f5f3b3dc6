/// How many requests a client can make within a sliding minute.
///
/// The sliding minute is estimated from two fixed ones: the count of the last minute has less and less weight during this minute.
/// A fixed window alone would allow a double burst at its edge.
struct RateLimit: Sendable {
    let perMinute: Int

    /// How long a client has to wait.
    ///
    /// - Parameters:
    ///   - current: Requests admitted in this minute, including this request.
    ///   - previous: Requests admitted in the minute before.
    ///   - elapsed: Seconds since this minute began.
    /// - Returns: Whole seconds after which one request will be admitted; `nil` when this one is.
    func wait(current: Int, previous: Int, elapsed: Double) -> Int? {
        guard Double(current) + Double(previous) * (1 - elapsed / 60) > Double(perMinute) else { return nil }
        let left = perMinute - current
        let free =
            if left >= 0, previous > 0 {
                // There is room in this minute as soon as the last one has little enough weight.
                60 * (1 - Double(left) / Double(previous))
            } else {
                // This minute is already full: there is room when its own weight decreases in the next one.
                60 + 60 * (1 - Double(perMinute - 1) / Double(max(1, current - 1)))
            }
        return max(1, Int((free - elapsed).rounded(.up)))
    }
}
