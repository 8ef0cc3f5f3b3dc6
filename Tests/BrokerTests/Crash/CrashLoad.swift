import Foundation
import Synchronization

@testable import Broker

/// What the clients of one round share: the broker's address, whether to stop, and the history that they write.
final class CrashLoad: Sendable {
    static let log = History.Partition(topic: "log", index: 0)
    static let other = History.Partition(topic: "log", index: 1)
    static let copies = History.Partition(topic: "copies", index: 0)
    static let table = History.Partition(topic: "table", index: 0)
    static let short = History.Partition(topic: "short", index: 0)

    /// A client that cannot continue.
    struct Stuck: Error, CustomStringConvertible {
        let process: Int
        let since: Duration

        var description: String { "process \(process) has got no connection for \(since)" }
    }

    let port: Int
    private let stopping = Atomic(false)
    private let clock = Atomic(0)
    private let values = Atomic(0)
    private let recorded = Mutex<[Operation]>([])
    /// For every copy that a transaction wrote, the value that it is a copy of.
    private let origins = Mutex<[Int: Int]>([:])

    init(port: Int) {
        self.port = port
    }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }
    func stop() { stopping.store(true, ordering: .releasing) }

    func now() -> Int { clock.add(1, ordering: .relaxed).newValue }
    func newValue() -> Int { values.add(1, ordering: .relaxed).newValue }

    func record(_ process: Int, since invoked: Int, _ outcome: Operation.Outcome, _ action: Operation.Action) {
        let completed = now()
        recorded.withLock {
            $0.append(
                Operation(process: process, invoked: invoked, completed: completed, outcome: outcome, action: action)
            )
        }
    }

    func note(_ copy: Int, of origin: Int) { origins.withLock { $0[copy] = origin } }
    func origin(of copy: Int) -> Int? { origins.withLock { $0[copy] } }

    var operations: [Operation] { recorded.withLock { $0 } }

    /// Waits until the broker accepts a connection.
    func connect(_ process: Int) throws -> LogConnection {
        let patience = Duration.seconds(120)
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let connection = try? LogConnection(port: port) { return connection }
            usleep(2000)
        }
        throw Stuck(process: process, since: patience)
    }
}
