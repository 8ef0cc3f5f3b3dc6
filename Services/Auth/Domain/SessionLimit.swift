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

    static func end(ofSessionFrom login: Date, refreshedAt: Date, _ strictest: Strictest) -> Date {
        let absolute = login.addingTimeInterval(TimeInterval(min(strictest.hours ?? hours, hours)) * 3600)
        let idle = refreshedAt.addingTimeInterval(TimeInterval(strictest.idleMinutes ?? hours * 60) * 60)
        return min(absolute, idle)
    }
}
