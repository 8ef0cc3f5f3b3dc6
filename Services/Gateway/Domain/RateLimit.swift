/// How many requests a client can make in a sliding minute.
///
/// The sliding minute is estimated from two fixed ones: the last minute's count gets less weight as this minute passes. This
/// prevents the double burst that a plain fixed window allows at its edge.
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
                // There is room in this minute as soon as the last minute's count has lost enough weight.
                60 * (1 - Double(left) / Double(previous))
            } else {
                // This minute is full even without this request: there is room when its own count has lost enough weight in the
                // next minute.
                60 + 60 * (1 - Double(perMinute - 1) / Double(max(1, current - 1)))
            }
        return max(1, Int((free - elapsed).rounded(.up)))
    }
}
