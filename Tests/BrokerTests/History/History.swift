/// What clients did to a log and saw of it, for a judge who was not there.
///
/// In the spirit of Jepsen's Kafka workload: every value is sent once in the life of a history, every client is one process
/// that does one thing after the other, and what nobody got an answer for may have happened or not.
struct History: Codable, Sendable {
    struct Partition: Hashable, Codable, Sendable, CustomStringConvertible {
        let topic: String
        let index: Int32

        var description: String { "\(topic)/\(index)" }
    }

    /// What a partition may forget.
    enum Retention: String, Codable, Sendable {
        case keepsAll
        /// A record may go once a later one of its key stands behind it.
        case compacted
        /// Records before the log's start may go.
        case trimmed
    }

    struct Entry: Hashable, Codable, Sendable {
        let offset: Int64
        var value: Int
    }

    /// A partition as it is read from its start when all is over.
    struct Final: Codable, Sendable {
        let retention: Retention
        let start: Int64
        let end: Int64
        /// The last stable offset: with no transaction open it is the end.
        var stable: Int64
        /// As read_uncommitted and read_committed see it.
        var all: [Entry]
        var committed: [Entry]
    }

    var operations: [Operation] = []
    var final: [Partition: Final] = [:]
}

/// One thing that a client asked for, and what came of it.
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
        /// A group's committed offset is asked for; nil: there is none.
        case committed(group: String, History.Partition, offset: Int64?)
        case poll(Poll)
    }

    struct Send: Codable, Sendable {
        let partition: History.Partition
        let value: Int
        var key: String?
        var transaction: Int?
        /// As the log acknowledged it.
        var offset: Int64?
    }

    struct Commit: Codable, Sendable {
        let group: String
        let partition: History.Partition
        let offset: Int64
        /// With one, the transaction's end decides whether and when it counts.
        var transaction: Int?
    }

    struct Poll: Codable, Sendable {
        /// Between two assignments or seeks a reader goes on where it was.
        let session: Int
        let partition: History.Partition
        let readsCommitted: Bool
        /// Where the reader stood before and after.
        let from: Int64
        let next: Int64
        var entries: [History.Entry]
    }
}
