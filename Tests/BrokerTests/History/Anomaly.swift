/// Something in a history that no correct log can have done.
struct Anomaly: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        /// An acknowledged record is not there, but something behind it is.
        case lostWrite
        /// An acknowledged record is not there, and nothing behind it either.
        case unseen
        /// One record stands at two offsets.
        case duplicate
        /// A record was read that nobody sent there, or that was refused.
        case phantom
        /// read_committed showed a record of an aborted transaction (Adya's G1a).
        case abortedRead
        /// read_committed showed a record before anybody asked for its transaction to be committed.
        case dirtyRead
        /// Two values were seen at one offset.
        case inconsistentOffset
        /// A producer's records stand in another order than it sent them in.
        case reordered
        /// A reader was given an offset that it had behind it.
        case nonMonotonicPoll
        /// A reader was led past a record that is there.
        case pollSkip
        /// A record was read, and is gone.
        case readThenLost
        /// Of one transaction a part is visible.
        case tornTransaction
        /// A group has an offset again that a later commit had replaced.
        case committedOffsetWentBack
        /// A group has an offset that nobody committed, or that an aborted transaction did.
        case committedOffsetInvented
        /// Every transaction was ended, and still the log holds something back.
        case hangingTransaction
    }

    let kind: Kind
    let detail: String

    var description: String { "\(kind.rawValue): \(detail)" }
}
