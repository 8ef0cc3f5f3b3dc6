import Foundation

/// How many wrong passwords in a row lock a user, and for how long.
enum LoginAttempts {
    static let allowed = 5
    static let lock: TimeInterval = 15 * 60

    /// Until when the user is locked after so many failures.
    static func lockedUntil(failures: Int, now: Date) -> Date? {
        failures >= allowed ? now.addingTimeInterval(lock) : nil
    }
}
