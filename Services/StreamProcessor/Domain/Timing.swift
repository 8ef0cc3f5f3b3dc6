/// The times that the processing goes by, in microseconds.
struct Timing: Hashable, Sendable {
    /// The watermark follows an asset's newest reading at this distance.
    var disorder: Int64
    var lateness: Int64
    var maximumAge: Int64
    /// No clock of a site is further ahead than this.
    var maximumLead: Int64 = 5 * 60_000_000
    var idle: Int64

    init(disorder: Int, lateness: Int, maximumAgeDays: Int, idleSeconds: Int) {
        self.disorder = Int64(disorder) * 1_000_000
        self.lateness = Int64(lateness) * 1_000_000
        maximumAge = Int64(maximumAgeDays) * 86_400_000_000
        idle = Int64(idleSeconds) * 1_000_000
    }
}
