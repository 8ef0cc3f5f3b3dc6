import Foundation

/// When a failed delivery is tried again, and when it is given up.
enum Backoff {
    /// How long a message is tried. A mail server can be down for a night, and a message that is a day old no longer helps.
    static let patience: TimeInterval = 24 * 3600
    /// The longest pause.
    static let longestPause: TimeInterval = 15 * 60

    /// At most 2, 4, 8, 16 … seconds after the first, second … failure: a random time in the second half. `nil` gives up.
    ///
    /// - Parameter age: How old the message is.
    static func pause(
        afterFailure number: Int,
        age: TimeInterval,
        random: Double = .random(in: 0.5...1)
    ) -> TimeInterval? {
        guard age < patience else { return nil }
        return min(pow(2, Double(number)), longestPause) * random
    }
}
