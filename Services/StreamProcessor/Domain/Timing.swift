/// The time limits of the processing, in microseconds.
struct Timing: Hashable, Sendable {
    /// How far the watermark is behind an asset's newest reading.
    var disorder: Int64
    var lateness: Int64
    var maximumAge: Int64
    /// Readings with a timestamp further ahead than this are refused.
    var maximumLead: Int64 = 5 * 60_000_000
    var idle: Int64

    init(disorder: Int, lateness: Int, maximumAgeDays: Int, idleSeconds: Int) {
        self.disorder = Int64(disorder) * 1_000_000
        self.lateness = Int64(lateness) * 1_000_000
        maximumAge = Int64(maximumAgeDays) * 86_400_000_000
        idle = Int64(idleSeconds) * 1_000_000
    }
}
