/// Messages that one caller publishes, and the caller, who waits for all of them.
final class Publication: @unchecked Sendable {
    // Safe to share: its creator does not touch it once it is queued; then only the client's thread does.
    let messages: [MQTTMessage]
    let deadline: ContinuousClock.Instant
    private var caller: CheckedContinuation<Void, any Error>?
    private var unanswered: Int
    private var failure: MQTTError?

    /// - Parameter caller: Resumed once; `nil` when nobody waits.
    init(
        _ messages: [MQTTMessage],
        deadline: ContinuousClock.Instant,
        caller: CheckedContinuation<Void, any Error>? = nil
    ) {
        self.messages = messages
        self.deadline = deadline
        self.caller = caller
        unanswered = messages.count
    }

    var isWaitedFor: Bool { caller != nil }

    /// Counts an answered message; with the last one the caller goes on, or gets the first failure.
    func answered(_ failure: MQTTError? = nil) {
        unanswered -= 1
        if self.failure == nil { self.failure = failure }
        guard unanswered == 0 else { return }
        if let failure = self.failure { caller?.resume(throwing: failure) } else { caller?.resume() }
        caller = nil
    }

    /// Gives up on what is not answered yet.
    func fail(_ error: MQTTError) {
        caller?.resume(throwing: error)
        caller = nil
    }
}
