import Identifiers

/// Proves a chain, entry by entry, from its beginning to its end.
struct AuditVerifier {
    /// What is wrong, and where first.
    enum Fault: Error, Hashable, CustomStringConvertible {
        case unreadable(line: Int64)
        case otherTenant(id: Int64)
        /// Others are in its place: it was deleted, or moved behind them.
        case missing(id: Int64, found: Int64)
        /// It, or another one, was there before: it was inserted, or moved behind others.
        case repeated(id: Int64)
        case changed(id: Int64)
        case timeGoesBack(id: Int64)
        /// A signed checkpoint has another hash: entries up to it were changed, and all hashes behind them made anew.
        case checkpoint(after: Int64, entries: Int64)
        case truncated(from: Int64, to: Int64)
        /// Entries were dropped that had to be kept.
        case cutTooEarly(entries: Int64)

        var description: String {
            switch self {
            case .unreadable(let line): "line \(line) is no entry of an export"
            case .otherTenant(let id): "entry \(id) belongs to another tenant"
            case .missing(let id, let found): "entry \(id) is missing: entry \(found) is in its place"
            case .repeated(let id): "entry \(id) comes once more, in the place of another one"
            case .changed(let id): "entry \(id) was changed: its hash is not that of its content"
            case .timeGoesBack(let id): "entry \(id) was recorded before the one before it"
            case .checkpoint(let after, let entries):
                "an entry from \(after + 1) to \(entries) was changed: the signed checkpoint at \(entries) has another hash"
            case .truncated(let from, let to): "entries \(from) to \(to) are missing at the end"
            case .cutTooEarly(let entries): "entry \(entries) was dropped before it was \(AuditCut.years) years old"
            }
        }
    }

    let tenant: TenantID?
    /// The last entry that was dropped; 0 if none was.
    let begin: Int64
    /// In the order of their entries.
    private var checkpoints: [AuditCheckpoint]
    private var nextCheckpoint = 0
    /// The last entry that a checkpoint has confirmed.
    private(set) var confirmed: Int64
    /// The last entry that was checked.
    private(set) var head: AuditHead

    /// - Parameters:
    ///   - cut: What comes before the first entry, where older ones were dropped. Its signature has been verified.
    ///   - checkpoints: Their signatures have been verified.
    init(_ tenant: TenantID?, after cut: AuditCut? = nil, checkpoints: [AuditCheckpoint]) throws(Fault) {
        self.tenant = tenant
        if let cut {
            guard cut.tenant == tenant else { throw .otherTenant(id: cut.entries) }
            guard cut.isDue else { throw .cutTooEarly(entries: cut.entries) }
        }
        let start = cut?.head ?? .start
        begin = start.entries
        self.checkpoints = checkpoints.filter { $0.entries >= start.entries }.sorted { $0.entries < $1.entries }
        head = start
        confirmed = start.entries
    }

    /// Goes on where an earlier part of the same chain has ended.
    init(_ tenant: TenantID?, after head: AuditHead, begin: Int64, confirmed: Int64) {
        self.tenant = tenant
        self.begin = begin
        self.head = head
        self.confirmed = confirmed
        checkpoints = []
    }

    /// Further checkpoints to compare with.
    ///
    /// - Parameter further: In the order of their entries, behind all that there are. Their signatures have been verified.
    mutating func expect(_ further: [AuditCheckpoint]) { checkpoints += further }

    mutating func check(_ line: AuditLine) throws(Fault) {
        let record = line.record
        let expected = head.entries + 1
        guard record.tenant == tenant else { throw .otherTenant(id: record.id) }
        guard record.id >= expected else { throw .repeated(id: record.id) }
        guard record.id == expected else { throw .missing(id: expected, found: record.id) }
        guard AuditChain.hash(record, after: head.hash) == line.hash else { throw .changed(id: record.id) }
        if let last = head.recordedAt, record.recordedAt < last { throw .timeGoesBack(id: record.id) }
        try confirm()
        head = AuditHead(entries: record.id, hash: line.hash, recordedAt: record.recordedAt)
        try confirm()
    }

    /// - Throws: When the chain does not reach the last checkpoint.
    mutating func finish() throws(Fault) {
        try confirm()
        guard nextCheckpoint < checkpoints.count, let last = checkpoints.last else { return }
        throw .truncated(from: head.entries + 1, to: last.entries)
    }

    /// Compares with the checkpoints that were made at the last entry.
    private mutating func confirm() throws(Fault) {
        while nextCheckpoint < checkpoints.count, checkpoints[nextCheckpoint].entries == head.entries {
            guard checkpoints[nextCheckpoint].hash == head.hash else {
                throw .checkpoint(after: confirmed, entries: head.entries)
            }
            nextCheckpoint += 1
            confirmed = head.entries
        }
    }
}
