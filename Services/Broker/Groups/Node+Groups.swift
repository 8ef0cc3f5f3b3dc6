import Foundation
import NIOCore

extension Node {
    /// A member's id contains the client's id, and must itself fit into a string of the protocol.
    private static let maxMemberName = 249

    /// This many records fit into a batch of the internal topic, even with the longest names and metadata.
    private static let recordsPerBatch = 250

    /// Whether there is room for a new member in its group, or for a new group.
    func hasRoom(inGroup id: String) -> Bool {
        guard let group = coordinator.groups[id] else { return isKnownOrHasRoom(group: id) }
        return group.size < settings.limits.groupSize
    }

    /// Whether offsets may be kept for the group: it is known, or there is room for one more.
    func isKnownOrHasRoom(group id: String) -> Bool {
        let (groups, committed) = (coordinator.groups, coordinator.offsets.groups)
        guard groups[id] == nil, committed[id] == nil else { return true }
        return groups.count + committed.keys.count { groups[$0] == nil } < settings.limits.groups
    }

    func join(_ join: Group.Join, group: String) async -> Group.Joined {
        guard !isClosing else { return Group.Joined(error: .coordinatorNotAvailable, memberID: join.memberID) }
        let name = String(decoding: (join.instanceID ?? join.clientID).utf8.prefix(Self.maxMemberName), as: UTF8.self)
        let newID = "\(name)-\(UUID().uuidString.lowercased())"
        let member = join.memberID.isEmpty ? newID : join.memberID
        let effects = coordinator.update(group) { $0.join(join, newID: newID, now: uptime) }
        return await withCheckedContinuation { continuation in
            coordinator.wait(continuation, as: .init(group: group, member: member))
            coordinator.perform(effects, group: group)
        }
    }

    func sync(
        group: String,
        member: String,
        instanceID: String?,
        generation: Int32,
        assignments: [String: [UInt8]]
    ) async -> Group.Synced {
        guard !isClosing else { return Group.Synced(error: .coordinatorNotAvailable) }
        let effects = coordinator.update(group) {
            $0.sync(
                member: member,
                instanceID: instanceID,
                generation: generation,
                assignments: assignments,
                now: uptime
            )
        }
        return await withCheckedContinuation { continuation in
            coordinator.wait(continuation, as: .init(group: group, member: member))
            coordinator.perform(effects, group: group)
        }
    }

    // MARK: - Offsets

    /// Writes offsets to the internal topic, then to memory: a commit is on disk before it is answered.
    func commit(_ records: [OffsetRecord]) throws {
        // Thousands of groups may have read a deleted topic, and a batch has a size limit.
        for start in stride(from: 0, to: records.count, by: Self.recordsPerBatch) {
            let piece = records[start..<min(start + Self.recordsPerBatch, records.count)]
            try appendInternal(piece.map { ($0.key, $0.value) }, to: Self.offsetsTopic)
            for record in piece { coordinator.offsets.apply(record) }
        }
    }

    /// As `commit`, but the producer's transaction decides whether the offsets count.
    func hold(_ records: [OffsetRecord], producer: BatchBuilder.Producer) throws {
        guard !records.isEmpty else { return }
        try appendInternal(records.map { ($0.key, $0.value) }, to: Self.offsetsTopic, producer: producer)
        for record in records { coordinator.offsets.hold(record, producerID: producer.id) }
    }

    /// A later topic of the same name must not be read from this topic's offsets. If the tombstones cannot be written because
    /// the disk is full, upkeep writes them later.
    func forgetOffsets(of topic: String) {
        let records = coordinator.offsets.forgetting(topic: topic)
        for record in records { coordinator.offsets.apply(record) }
        unwrittenTombstones += records
        writeTombstones()
    }

    private func writeTombstones() {
        // A later commit makes the tombstone unnecessary; a commit in an open transaction does not yet, because it may be
        // aborted.
        let offsets = coordinator.offsets
        unwrittenTombstones.removeAll { offsets.groups[$0.group]?[$0.partition] != nil }
        let isHeld = { (record: OffsetRecord) in offsets.isPending(group: record.group, partition: record.partition) }
        guard (try? commit(unwrittenTombstones.filter { !isHeld($0) })) != nil else { return }
        unwrittenTombstones.removeAll { !isHeld($0) }
    }

    /// Forgets offsets that nobody has used for a long time, and those of deleted topics.
    func expireOffsets() {
        writeTombstones()
        var records = coordinator.expiredOffsets(retention: settings.offsetsRetention, now: now)
        records += coordinator.offsets.forgetting { _, partition, _ in topics[partition.topic] != nil }
        // If the disk is full, the next run tries again.
        try? commit(records)
    }

    /// Rebuilds the committed offsets from the internal topic.
    func loadOffsets() throws {
        if let log = log(Self.offsetsTopic, 0) { coordinator.offsets = try OffsetStore(replaying: log.segments) }
    }
}
