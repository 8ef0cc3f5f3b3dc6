/// The order of a segment's batches: each begins at the offset where the one before it ends.
///
/// The CRC of a batch does not cover its base offset, so only this order reveals a wrong one. Compaction leaves gaps; the
/// segment's index, which has its own CRC, lists every gap.
struct BatchChain: Sendable {
    private let base: Int64
    /// Where the next batch begins, if there is no gap.
    private(set) var next: Int64
    private let gapsAllowed: Bool
    private var anchors: OffsetIndex.Cursor?

    /// For a segment that is read without its index.
    init(base: Int64, gapsAllowed: Bool) {
        self.base = base
        next = base
        self.gapsAllowed = gapsAllowed
    }

    /// For a segment with its index, from one of the index's entries on (nil: from the segment's beginning).
    init(base: Int64, index: OffsetIndex, from entry: Int?) throws {
        self.base = base
        gapsAllowed = false
        var cursor = OffsetIndex.Cursor(index, at: entry ?? 0)
        next = try entry == nil ? base : base + Int64(cursor.entry()?.relativeOffset ?? 0)
        anchors = cursor
    }

    /// The reason why this batch cannot be at this place. If there is none, the result is nil and the chain continues after
    /// the batch.
    mutating func objection(to batch: UnsafeRawBufferPointer, _ header: BatchHeader, at position: Int) throws -> String?
    {
        if let objection = try objection(to: header, at: position) { return objection }
        guard BatchHeader.isIntact(batch) else { return "the batch's CRC is wrong" }
        next = header.lastOffset + 1
        return nil
    }

    /// The same check, for what the header alone can show.
    mutating func objection(to header: BatchHeader, at position: Int) throws -> String? {
        guard header.isPlausible, header.leaderEpoch == 0 else { return "no batch begins here" }
        var isAnchored = false
        while let anchor = try anchors?.entry(), Int(anchor.position) <= position {
            isAnchored = Int(anchor.position) == position && base + Int64(anchor.relativeOffset) == header.baseOffset
            guard isAnchored else { return "the index has another batch here" }
            anchors?.advance()
        }
        guard header.baseOffset == next || (header.baseOffset > next && (isAnchored || gapsAllowed)) else {
            return "the batch says offset \(header.baseOffset) where \(next) follows"
        }
        return nil
    }

    /// Continues after bytes that are not a batch of this log.
    mutating func resume(at offset: Int64, position: Int) throws {
        next = offset
        while let anchor = try anchors?.entry(), Int(anchor.position) < position { anchors?.advance() }
    }
}
