import Foundation

/// How long a session lasts from the login on, however often it is refreshed.
enum SessionLimit {
    /// A week: a device that was offline for so long still gets rid of its changes.
    static let hours = 168

    /// - Parameter strictest: The shortest time of the person's roles, in hours; `nil` if none of them has one.
    static func end(ofSessionFrom login: Date, strictest: Int?) -> Date {
        login.addingTimeInterval(TimeInterval(min(strictest ?? hours, hours)) * 3600)
    }
}
