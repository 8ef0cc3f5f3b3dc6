import Foundation

/// How many wrong passwords in a row lock an address, and for how long.
enum LoginAttempts {
    static let allowed = 5
    static let lock: TimeInterval = 15 * 60
    /// How long a failure counts.
    static let memory: TimeInterval = 86_400
}
