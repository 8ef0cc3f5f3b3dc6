import Synchronization

/// Whether the task that a statement runs for was cancelled.
final class Call: Sendable {
    private let cancelled = Atomic(false)
    private let bell: Bell

    init(_ bell: Bell) {
        self.bell = bell
    }

    var isCancelled: Bool {
        cancelled.load(ordering: .acquiring)
    }

    /// Never blocks: the thread that waits for the statement does the rest.
    func cancel() {
        cancelled.store(true, ordering: .releasing)
        bell.ring()
    }
}
