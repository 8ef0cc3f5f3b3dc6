import NIOCore

/// Every group's committed offsets, and those that wait for their transaction to end.
struct OffsetStore: Sendable {
    private(set) var groups: [String: [TopicPartition: CommittedOffset]] = [:]
    /// By the id of the producer whose transaction decides them.
    private var pending: [Int64: [Target: OffsetRecord]] = [:]

    private struct Target: Hashable {
        let group: String
        let partition: TopicPartition
    }

    init() {}

    /// What the internal topic says.
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

    mutating func apply(_ record: OffsetRecord) {
        groups[record.group, default: [:]][record.partition] = record.committed
        if groups[record.group]?.isEmpty == true { groups[record.group] = nil }
    }

    mutating func hold(_ record: OffsetRecord, producerID: Int64) {
        pending[producerID, default: [:]][Target(group: record.group, partition: record.partition)] = record
    }

    mutating func endTransaction(producerID: Int64, commit: Bool) {
        let records = pending.removeValue(forKey: producerID) ?? [:]
        if commit { for record in records.values { apply(record) } }
    }

    func isPending(group: String, partition: TopicPartition) -> Bool {
        let target = Target(group: group, partition: partition)
        return pending.values.contains { $0[target] != nil }
    }

    /// Tombstones for what a group has committed and `holds` no longer speaks for.
    func forgetting(unless holds: (_ group: String, TopicPartition, CommittedOffset) -> Bool) -> [OffsetRecord] {
        groups.flatMap { group, offsets in
            offsets.compactMap { partition, committed in
                holds(group, partition, committed) || isPending(group: group, partition: partition)
                    ? nil : OffsetRecord(group: group, partition: partition, committed: nil)
            }
        }
    }

    /// Tombstones for everything that is known of a topic.
    func forgetting(topic: String) -> [OffsetRecord] {
        groups.flatMap { group, offsets in
            offsets.keys.filter { $0.topic == topic }.map {
                OffsetRecord(group: group, partition: $0, committed: nil)
            }
        }
    }
}
