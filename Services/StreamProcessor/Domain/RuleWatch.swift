import EventSchema

/// Watches one tag for one rule: so many readings in a row beyond the threshold complete the pattern, once a streak.
struct RuleWatch: Hashable, Sendable, Codable {
    private(set) var streak = 0
    /// Microseconds since 1970, of the streak's first reading.
    private(set) var firstAt: Int64 = 0

    init(streak: Int = 0, firstAt: Int64 = 0) {
        self.streak = streak
        self.firstAt = firstAt
    }

    /// Takes in the tag's next reading, in the order of their timestamps; true when it completes the pattern.
    mutating func observe(_ value: Double, at timestamp: Int64, _ rule: AlertRuleState) -> Bool {
        let violates =
            switch rule.comparison {
            case .above: value > rule.threshold
            case .below: value < rule.threshold
            }
        guard violates else {
            streak = 0
            return false
        }
        if streak == 0 { firstAt = timestamp }
        streak += 1
        return streak == rule.consecutive
    }
}
