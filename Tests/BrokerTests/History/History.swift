/// What clients did to a log and saw of it, for a checker that sees nothing else.
///
/// In the spirit of Jepsen's Kafka workload: every value is sent once in a history, every client is one process that does one
/// thing after the other, and an operation without an answer may or may not have happened.
struct History: Codable, Sendable {
    struct Partition: Hashable, Codable, Sendable, CustomStringConvertible {
        let topic: String
        let index: Int32

        var description: String { "\(topic)/\(index)" }
    }

    /// What a partition is allowed to remove.
    enum Retention: String, Codable, Sendable {
        case keepsAll
        /// A record may be removed once there is a later one of its key.
        case compacted
        /// Records before the log's start may be removed.
        case trimmed
    }

    struct Entry: Hashable, Codable, Sendable {
        let offset: Int64
        var value: Int
    }

    /// A partition as it is read from its start at the end of the test.
    struct Final: Codable, Sendable {
        let retention: Retention
        let start: Int64
        let end: Int64
        /// The last stable offset. If no transaction is open, it is the end.
        var stable: Int64
        /// As read_uncommitted and read_committed read it.
        var all: [Entry]
        var committed: [Entry]
    }

    var operations: [Operation] = []
    var final: [Partition: Final] = [:]
}

/// One request of a client, and its result.
struct Operation: Codable, Sendable {
    enum Outcome: String, Codable, Sendable {
        case ok
        /// It certainly did not happen.
        case failed
        /// No answer: it may have happened, at most once.
        case unknown
    }

    let process: Int
    /// Ticks of one clock for all processes; every operation has its own.
    var invoked: Int
    var completed: Int
    var outcome: Outcome
    var action: Action

    enum Action: Codable, Sendable {
        case send(Send)
        case end(transaction: Int, commits: Bool)
        case commit(Commit)
        /// A request for a group's committed offset; nil: there is none.
        case committed(group: String, History.Partition, offset: Int64?)
        case poll(Poll)
    }

    struct Send: Codable, Sendable {
        let partition: History.Partition
        let value: Int
        var key: String?
        var transaction: Int?
        /// The offset that the log acknowledged.
        var offset: Int64?
    }

    struct Commit: Codable, Sendable {
        let group: String
        let partition: History.Partition
        let offset: Int64
        /// In a transaction: its end decides whether and when the operation counts.
        var transaction: Int?
    }

    struct Poll: Codable, Sendable {
        /// Between two assignments or seeks a reader continues where it was.
        let session: Int
        let partition: History.Partition
        let readsCommitted: Bool
        /// The reader's position before and after.
        let from: Int64
        let next: Int64
        var entries: [History.Entry]
    }
}
