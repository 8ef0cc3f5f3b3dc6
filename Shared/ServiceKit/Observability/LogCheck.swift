import Kafka

/// Whether the log answers now; it is asked at most once a second, however many callers there are.
///
/// A consumer does not show it: when the log is away, it keeps its partitions and reports nothing.
actor LogCheck {
    private static let patience = Duration.milliseconds(1500)
    private static let freshness = Duration.seconds(1)

    private let settings: KafkaSettings
    private var admin: KafkaAdmin?
    private var latest: (outcome: Result<Void, any Error>, at: ContinuousClock.Instant)?
    private var running: Task<Void, any Error>?

    init(_ settings: KafkaSettings) {
        self.settings = settings
    }

    /// - Throws: ``NotReady`` when the log does not answer.
    func check() async throws {
        if let latest, ContinuousClock.now - latest.at < Self.freshness { return try latest.outcome.get() }
        let task = running ?? Task { try await ask() }
        running = task
        try await task.value
    }

    private func ask() async throws {
        let outcome: Result<Void, any Error>
        do {
            let admin = try admin ?? KafkaAdmin(settings)
            self.admin = admin
            try await admin.ping(within: Self.patience)
            outcome = .success(())
        } catch {
            outcome = .failure(NotReady("the log does not answer: \(error)"))
        }
        latest = (outcome, .now)
        running = nil
        try outcome.get()
    }
}
