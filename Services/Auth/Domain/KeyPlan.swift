import Foundation

/// When signing keys are made, sign, and are forgotten.
///
/// A key is published some time before it signs, so that everybody who verifies tokens has it by then; and it stays published until the last
/// token that it signed has expired. So replacing a key refuses nobody.
struct KeyPlan: Hashable, Sendable {
    /// How long a key signs.
    var period: TimeInterval = 30 * 86_400
    /// How long before that it is published.
    var notice: TimeInterval = 86_400
    /// How long it stays published afterwards: as long as a token is valid, and some time for clocks that differ.
    var memory: TimeInterval = tokenLifetime + 300

    /// How long an access token is valid.
    static let tokenLifetime: TimeInterval = 15 * 60

    /// A key, as far as its times matter.
    struct Key: Hashable, Sendable {
        var kid: String
        /// It signs from this time until that of the next key.
        var activeFrom: Date
    }

    enum Step: Hashable, Sendable {
        case make(activeFrom: Date)
        case forget(kid: String)
    }

    /// What has to be done now.
    func steps(_ keys: [Key], at now: Date) -> [Step] {
        let keys = keys.sorted { $0.activeFrom < $1.activeFrom }
        var steps = zip(keys, keys.dropFirst()).compactMap { key, next in
            next.activeFrom.addingTimeInterval(memory) <= now ? Step.forget(kid: key.kid) : nil
        }
        guard let newest = keys.last else { return [.make(activeFrom: now)] }
        let end = newest.activeFrom.addingTimeInterval(period)
        // After a long time without this service the old key goes on until everybody knows the new one.
        if end.addingTimeInterval(-notice) <= now {
            steps.append(.make(activeFrom: max(end, now.addingTimeInterval(notice))))
        }
        return steps
    }

    /// The key that signs now.
    static func active<Value>(_ keys: [(Key, Value)], at now: Date) -> Value? {
        keys.filter { $0.0.activeFrom <= now }.max { $0.0.activeFrom < $1.0.activeFrom }?.1
    }
}
