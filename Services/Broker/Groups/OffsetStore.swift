import NIOCore

/// Every group's committed offsets, and those that wait for their transaction to end.
struct OffsetStore: Sendable {
    private(set) var groups: [String: [TopicPartition: CommittedOffset]] = [:]
    /// By the id of the producer whose transaction decides them.
    private var pending: [Int64: [Target: Held]] = [:]
    /// The number of offsets held so far.
    private var heldCount = 0

    private struct Target: Hashable {
        let group: String
        let partition: TopicPartition
    }

    private struct Held: Sendable {
        let record: OffsetRecord
        /// Its place in the order of writing.
        let number: Int
    }

    init() {}

    /// Reads the offsets from the internal topic.
    init(replaying segments: [Segment]) throws {
        try segments.forEachBatch { header, batch in
            if header.isControl {
                let marker = try TransactionMarker(batch)
                endTransaction(producerID: header.producerID, commit: marker.isCommit)
                return
            }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                let entry = try OffsetRecord(
                    key: ByteBuffer(bytes: batch[key]),
                    value: record.value.map { ByteBuffer(bytes: batch[$0]) }
                )
                if header.isTransactional {
                    hold(entry, producerID: header.producerID)
                } else {
                    apply(entry)
                }
            }
        }
    }

    mutating func apply(_ record: OffsetRecord) { apply(record, writtenAs: .max) }

    private mutating func apply(_ record: OffsetRecord, writtenAs number: Int) {
        // If there are two commits, the one that was written last counts, as in compaction, not the one whose transaction
        // ends last.
        let target = Target(group: record.group, partition: record.partition)
        for (producerID, held) in pending where held[target].map({ $0.number < number }) == true {
            pending[producerID]?[target] = nil
        }
        groups[record.group, default: [:]][record.partition] = record.committed
        if groups[record.group]?.isEmpty == true { groups[record.group] = nil }
    }

    mutating func hold(_ record: OffsetRecord, producerID: Int64) {
        heldCount += 1
        let target = Target(group: record.group, partition: record.partition)
        pending[producerID, default: [:]][target] = Held(record: record, number: heldCount)
    }

    mutating func endTransaction(producerID: Int64, commit: Bool) {
        guard let ended = pending.removeValue(forKey: producerID), commit else { return }
        for held in ended.values { apply(held.record, writtenAs: held.number) }
    }

    func isPending(group: String, partition: TopicPartition) -> Bool {
        let target = Target(group: group, partition: partition)
        return pending.values.contains { $0[target] != nil }
    }

    /// Tombstones for the committed offsets for which `holds` returns false.
    func forgetting(unless holds: (_ group: String, TopicPartition, CommittedOffset) -> Bool) -> [OffsetRecord] {
        groups.flatMap { group, offsets in
            offsets.compactMap { partition, committed in
                holds(group, partition, committed) || isPending(group: group, partition: partition)
                    ? nil : OffsetRecord(group: group, partition: partition, committed: nil)
            }
        }
    }

    /// Tombstones for all offsets of a topic.
    func forgetting(topic: String) -> [OffsetRecord] {
        groups.flatMap { group, offsets in
            offsets.keys.filter { $0.topic == topic }.map {
                OffsetRecord(group: group, partition: $0, committed: nil)
            }
        }
    }
}
