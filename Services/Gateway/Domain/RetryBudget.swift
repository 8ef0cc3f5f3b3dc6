/// How many requests can be repeated: a tenth of all, so that a service that is in trouble does not get twice the work.
struct RetryBudget: Sendable {
    static let perRequest = 10
    /// A few at once, after a quiet time.
    static let mostAtOnce = 10

    /// In tenths of a repetition.
    private var savings = mostAtOnce * perRequest

    mutating func requestBegins() {
        savings = min(savings + 1, Self.mostAtOnce * Self.perRequest)
    }

    /// Takes one repetition out, if there is one.
    mutating func spend() -> Bool {
        guard savings >= Self.perRequest else { return false }
        savings -= Self.perRequest
        return true
    }
}
