/// Something in a history that a correct log cannot have done.
struct Anomaly: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        /// An acknowledged record is missing, but there is something after it.
        case lostWrite
        /// An acknowledged record is missing, and there is nothing after it either.
        case unseen
        /// One record is at two offsets.
        case duplicate
        /// A record was read that nobody sent there, or that was refused.
        case phantom
        /// read_committed showed a record of an aborted transaction (Adya's G1a).
        case abortedRead
        /// read_committed showed a record before anybody asked for its transaction to be committed.
        case dirtyRead
        /// Two values were seen at one offset.
        case inconsistentOffset
        /// A producer's records are in another order than it sent them.
        case reordered
        /// A reader got an offset that it had already passed.
        case nonMonotonicPoll
        /// A reader got an offset beyond a record that is there.
        case pollSkip
        /// A record was read, and is missing in the end.
        case readThenLost
        /// Only a part of a transaction is visible.
        case tornTransaction
        /// A group has an old offset again that a later commit had replaced.
        case committedOffsetWentBack
        /// A group has an offset that nobody committed, or that an aborted transaction committed.
        case committedOffsetInvented
        /// Every transaction was ended, but the log still holds records back.
        case hangingTransaction
    }

    let kind: Kind
    let detail: String

    var description: String { "\(kind.rawValue): \(detail)" }
}
