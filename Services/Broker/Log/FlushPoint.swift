import Synchronization

/// How far a partition is synced to the disk; set by the thread that has synced it.
final class FlushPoint: Sendable {
    private struct State {
        var offset: Int64
        var hasFailed = false
    }

    private let state: Mutex<State>

    init(_ offset: Int64) {
        state = Mutex(State(offset: offset))
    }

    /// Everything before it is on the disk.
    var offset: Int64 { state.withLock(\.offset) }

    /// A sync has failed, so it is unknown how much of the tail is on the disk: the system drops what it could not write, and
    /// a second sync reports success.
    var hasFailed: Bool { state.withLock(\.hasFailed) }

    /// Syncs the files that reach from the point up to `end`.
    func advance(to end: Int64, syncing files: [LogFile]) throws {
        guard !hasFailed else { throw ErrorCode.storageError }
        do {
            for file in files { try file.sync() }
        } catch {
            state.withLock { $0.hasFailed = true }
            throw error
        }
        state.withLock { $0.offset = max($0.offset, end) }
    }
}
