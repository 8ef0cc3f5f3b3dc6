import Foundation

/// When a delivery that failed is tried again, and when it is given up.
enum Backoff {
    static let attempts = 5

    /// 2, 4, 8, 16 seconds after the first, second … failure, any moment of the second half; `nil` gives up.
    static func pause(afterFailure number: Int, random: Double = .random(in: 0.5...1)) -> TimeInterval? {
        guard number < attempts else { return nil }
        return pow(2, Double(number)) * random
    }
}
