import Foundation

/// How long a session lasts from the login on, however often it is refreshed.
///
/// The access token of a session that is used is replaced every quarter of an hour: so an idle session is one that is not refreshed.
enum SessionLimit {
    /// A week: a device that was offline for so long still gets rid of its changes.
    static let hours = 168

    /// The shortest times that the roles of one person say; `nil` where none of them says one.
    struct Strictest: Hashable, Sendable {
        /// From the login on.
        var hours: Int?
        /// From the last refresh on.
        var idleMinutes: Int?
    }

    static func end(ofSessionFrom login: Date, refreshedAt: Date, _ strictest: Strictest) -> SessionEnd {
        let absolute = login.addingTimeInterval(TimeInterval(min(strictest.hours ?? hours, hours)) * 3600)
        let idle = refreshedAt.addingTimeInterval(TimeInterval(strictest.idleMinutes ?? hours * 60) * 60)
        return SessionEnd(at: min(absolute, idle), latest: absolute)
    }
}

/// When a session ends, as its person's roles are now. Both times are the same where a refresh puts nothing off.
struct SessionEnd: Hashable, Sendable {
    /// If it is not refreshed any more.
    var at: Date
    /// However often it is refreshed.
    var latest: Date
}
