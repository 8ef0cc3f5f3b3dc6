/// How many requests a client may make in a minute that slides.
///
/// The sliding minute is estimated from two fixed ones: the last minute's count fades out as this minute goes on, which avoids
/// the double burst that a plain fixed window lets through at its edge.
struct RateLimit: Sendable {
    let perMinute: Int

    /// How long a client has to wait.
    ///
    /// - Parameters:
    ///   - current: What was admitted in this minute, with the request in question.
    ///   - previous: What was admitted in the minute before.
    ///   - elapsed: Seconds since this minute began.
    /// - Returns: Whole seconds after which one request will be admitted; `nil` when this one is.
    func wait(current: Int, previous: Int, elapsed: Double) -> Int? {
        guard Double(current) + Double(previous) * (1 - elapsed / 60) > Double(perMinute) else { return nil }
        let left = perMinute - current
        let free =
            if left >= 0, previous > 0 {
                // There is room in this minute as soon as enough of the last one has faded out.
                60 * (1 - Double(left) / Double(previous))
            } else {
                // This minute is full without the request in question: room comes when it fades out in its turn.
                60 + 60 * (1 - Double(perMinute - 1) / Double(max(1, current - 1)))
            }
        return max(1, Int((free - elapsed).rounded(.up)))
    }
}
