import Foundation

/// When a delivery that failed is tried again, and when it is given up.
enum Backoff {
    /// How long a message is tried. A mail server may be away for a night; what is a day old helps nobody any more.
    static let patience: TimeInterval = 24 * 3600
    /// No pause is longer.
    static let longestPause: TimeInterval = 15 * 60

    /// 2, 4, 8, 16 seconds and so on after the first, second … failure, any moment of the second half; `nil` gives up.
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
