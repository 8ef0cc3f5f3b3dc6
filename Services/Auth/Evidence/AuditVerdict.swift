import Commands
import EventSchema
import Foundation
import ServiceKit

/// What the verification of a chain has found so far.
struct AuditVerdict: Answer, Codable {
    /// Whether everything up to `lastEntry` agrees with the hashes, with the signed checkpoints and with the end that the chain should have.
    var isIntact: Bool
    /// How many entries were dropped after seven years, as a signed cut says.
    var droppedEntries: Int64
    /// How many entries were read up to `lastEntry`: each agrees with the one before it.
    var entries: Int64
    /// Its number in the chain, which began with 1.
    var lastEntry: Int64
    /// How many entries the chain has had, as it is now.
    var total: Int64
    /// When the first and the last of them were recorded.
    var from: Date?
    var to: Date?
    /// The last signed checkpoint that agrees.
    var checkpoint: Checkpoint?
    /// What is wrong, and where first.
    var fault: Fault?
    /// Hand it back as `?cursor=` to verify the next part; without it, the end or a fault has been reached.
    var nextCursor: String?

    struct Checkpoint: Codable, Hashable, Sendable {
        /// The last entry that it covers.
        var entries: Int64
        var at: Date
        /// Which key has signed it: compare it with one that you know from another source.
        var kid: String
    }

    struct Fault: Codable, Hashable, Sendable {
        enum Kind: String, CaseIterable, Codable, Sendable {
            /// Its hash is not that of its content.
            case changed
            /// Others are in its place.
            case missing
            /// It, or another one, was there before.
            case repeated
            case otherTenant = "other-tenant"
            /// It was recorded before the one before it.
            case timeGoesBack = "time-goes-back"
            /// One of the entries was changed, with all hashes behind it: a signed checkpoint has another hash.
            case checkpoint
            /// Entries are missing at the end.
            case truncated
            /// The signature of the checkpoint at this entry is wrong.
            case forgedCheckpoint = "forged-checkpoint"
            /// The signature of the cut at this entry is wrong.
            case forgedCut = "forged-cut"
            /// Entries were dropped that had to be kept.
            case cutTooEarly = "cut-too-early"
        }

        var kind: Kind
        /// Where it is.
        var entry: Int64
        /// The last of several entries; without it, it is one.
        var lastEntry: Int64?
    }
}

extension AuditVerdict.Fault {
    init(_ fault: AuditVerifier.Fault) {
        switch fault {
        // Rows of the database are always readable: only lines of files are not.
        case .unreadable(let line): self.init(kind: .changed, entry: line)
        case .otherTenant(let id): self.init(kind: .otherTenant, entry: id)
        case .missing(let id, let found): self.init(.missing, id, found - 1)
        case .repeated(let id): self.init(kind: .repeated, entry: id)
        case .changed(let id): self.init(kind: .changed, entry: id)
        case .timeGoesBack(let id): self.init(kind: .timeGoesBack, entry: id)
        case .checkpoint(let after, let entries): self.init(.checkpoint, after + 1, entries)
        case .truncated(let from, let to): self.init(.truncated, from, to)
        case .cutTooEarly(let entries): self.init(kind: .cutTooEarly, entry: entries)
        }
    }

    /// - Returns: `nil` for a fault of a file.
    init?(_ fault: CheckpointFile.Fault) {
        switch fault {
        case .forged(let entries): self.init(kind: .forgedCheckpoint, entry: entries)
        case .forgedCut(let entries): self.init(kind: .forgedCut, entry: entries)
        case .unreadable, .otherKey, .empty: return nil
        }
    }

    private init(_ kind: Kind, _ first: Int64, _ last: Int64) {
        self.init(kind: kind, entry: first, lastEntry: last > first ? last : nil)
    }
}

extension AuditVerdict {
    /// How far a chain has been verified. Clients carry it from one part to the next, and could only deceive themselves with one that they make up.
    struct Position: Codable, Hashable, Sendable {
        private(set) var begin: Int64 = 0
        private(set) var entries: Int64 = 0
        private var hash = AuditHead.start.hash.hex
        /// In microseconds since 1970, like the next.
        private var recordedAt: Int64?
        private var from: Int64?
        private var checkpoint: Checkpoint?

        /// The chain's beginning.
        init() {}

        /// The place behind what was dropped.
        init(after cut: AuditHead) {
            (begin, entries, hash, recordedAt) = (cut.entries, cut.entries, cut.hash.hex, cut.recordedAt?.microseconds)
        }

        var confirmed: Int64 { checkpoint?.entries ?? begin }

        /// `nil` if somebody has made it up.
        var head: AuditHead? {
            let times = [recordedAt, from].compactMap { $0 }
            guard let hash = [UInt8](hex: hash), hash.count == 32, times.allSatisfy(Date.calendarMicroseconds.contains),
                begin >= 0, entries >= begin, entries < Int64.max / 2
            else { return nil }
            return AuditHead(entries: entries, hash: hash, recordedAt: recordedAt.map(Date.init(microseconds:)))
        }

        /// Goes on to where a verifier is.
        mutating func take(_ verifier: AuditVerifier, _ checkpoints: [AuditCheckpoint], first: AuditLine?) {
            guard verifier.head.entries > entries else { return }
            from = from ?? first?.record.recordedAt.microseconds
            (entries, hash) = (verifier.head.entries, verifier.head.hash.hex)
            recordedAt = verifier.head.recordedAt?.microseconds
            guard let last = checkpoints.last(where: { $0.entries <= verifier.confirmed }) else { return }
            checkpoint = Checkpoint(entries: last.entries, at: last.at, kid: last.kid)
        }

        static let unknown = Problem.field("cursor", .cursor)

        init(cursor: String) throws {
            guard let data = Data(base64URL: cursor), let position = try? JSONReader.decode(Position.self, from: data),
                position.head != nil
            else { throw Self.unknown }
            self = position
        }

        fileprivate var cursor: String? { try? Data(JSONWriter.write(self)).base64URL }
        fileprivate var times: (from: Date?, to: Date?) {
            (from.map(Date.init(microseconds:)), from == nil ? nil : recordedAt.map(Date.init(microseconds:)))
        }
        fileprivate var confirmedBy: Checkpoint? { checkpoint }
    }

    init(_ position: Position, of total: Int64, _ fault: Fault?, goesOn: Bool) {
        isIntact = fault == nil
        droppedEntries = position.begin
        entries = position.entries - position.begin
        lastEntry = position.entries
        self.total = total
        (from, to) = position.times
        checkpoint = position.confirmedBy
        self.fault = fault
        nextCursor = goesOn ? position.cursor : nil
    }
}
