import Foundation
import LocalServers
import NIOPosix
import Testing

@testable import Broker

/// The node without its network, and how a start handles what it finds.
@Suite struct NodeTests {
    @Test func aTransactionThatItsCoordinatorDoesNotKnowIsEndedAtTheStart() async throws {
        let folder = NodeFolder()
        let first = try folder.node()
        try await first.open()
        try await first.leaveTransactionOpen(in: "t")
        #expect(await first.stableOffset(of: "t") == 0)
        await first.close()

        let second = try folder.node()
        try await second.open()
        #expect(await second.stableOffset(of: "t") == 2)  // the record and its abort marker
        await second.close()
    }

    @Test func aCommittedTransactionWhoseMarkerWasLostIsCommittedAgain() async throws {
        let folder = NodeFolder()
        let first = try folder.node()
        try await first.open()
        let producer = try await first.commitTransaction(id: "tx", in: "t")
        try await first.leaveTransactionOpen(in: "t", producer: producer)
        await first.close()

        let second = try folder.node()
        try await second.open()
        #expect(await second.aborted(in: "t").isEmpty)
        #expect(await second.stableOffset(of: "t") == 4)
        await second.close()
    }

    @Test func producerIDsAreNeverGivenTwice() async throws {
        let folder = NodeFolder()
        var given: Set<Int64> = []
        for _ in 0..<3 {
            let node = try folder.node()
            try await node.open()
            for _ in 0..<5 { #expect(given.insert(try await node.newProducerID()).inserted) }
            await node.close()
        }
    }

    @Test func aCompactionIsCancelledWhenTheBrokerStops() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        _ = try await node.fill("t", batches: 30)
        let slow = DispatchSemaphore(value: 0)
        await node.holdDisk(slow)
        async let upkeep: Void = node.tendLogs()
        try await eventually("the compaction") { await node.isBeingCompacted("t") ? true : nil }
        await node.beginClosing()
        for _ in 0..<2 { slow.signal() }
        await upkeep
        let isCompacted = await node.isCompacted("t")
        let isBeingCompacted = await node.isBeingCompacted("t")
        #expect(!isCompacted && !isBeingCompacted)
        // At this moment, disk work left by rolls may still be running.
        await node.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "topics/t/0").path)
        #expect(!names.contains { $0.hasSuffix(".tmp") || $0.hasSuffix(".compacted") })
    }

    @Test func compactionRemovesNothingBeforeACheckpointHasItsProducers() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        // A slow disk for the work that every roll leaves.
        let slow = DispatchSemaphore(value: 0)
        await node.holdMaintenance(slow)
        let producerID = try await node.fill("t", batches: 30)
        let partition = folder.url.appending(path: "topics/t/0")
        async let upkeep: Void = node.tendLogs()
        try await eventually("the compaction's output") { () -> Bool? in
            let names = try FileManager.default.contentsOfDirectory(atPath: partition.path)
            let isCompacted = await node.isCompacted("t")
            return isCompacted || names.contains { $0.hasSuffix(".compacted") } ? true : nil
        }
        for _ in 0..<100 { _ = await node.isCompacted("t") }
        // What a start after a kill at this moment would find.
        let copy = folder.url.appending(path: "copy")
        try FileManager.default.copyItem(at: partition, to: copy)
        let found = try Recovery(directory: copy.path).checkpoint.producers.producers[producerID]
        #expect(found?.batches.last?.lastSequence == 29)
        slow.signal()
        await upkeep
        #expect(await node.isCompacted("t"))
        await node.close()
    }

    @Test func theDiskWorkOfRollsIsDoneBeforeTheEnd() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        let slow = DispatchSemaphore(value: 0)
        await node.holdMaintenance(slow)
        _ = try await node.fill("t", batches: 30)
        async let closing: Void = node.close()
        try await eventually("the end to begin") { node.isClosing ? true : nil }
        _ = await node.firstEnds  // its first step is done
        slow.signal()
        await closing
        let checkpoint = try Checkpoint.read(in: folder.url.appending(path: "topics/t/0").path)
        #expect(checkpoint?.recoveryPoint == 60)
    }

    @Test func anUnchangedPartitionIsNotWrittenAtTheEnd() async throws {
        let folder = NodeFolder()
        let checkpoint = folder.url.appending(path: "topics/t/0/checkpoint").path
        let first = try folder.node()
        try await first.create("t")
        await first.close()
        #expect(!FileManager.default.fileExists(atPath: checkpoint))

        let second = try folder.node()
        try await second.open()
        try await second.put("t", "value")
        await second.close()
        let written = try FileManager.default.attributesOfItem(atPath: checkpoint)[.systemFileNumber] as? Int
        let third = try folder.node()
        try await third.open()
        await third.close()
        #expect(try FileManager.default.attributesOfItem(atPath: checkpoint)[.systemFileNumber] as? Int == written)
    }

    @Test func upkeepDoesNotTouchATopicThatHasReplacedAnother() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        let names = (0..<4).map { "t\($0)" }
        for name in names { try await node.expire(name) }
        // Upkeep waits for the first topic's checkpoint while all topics are deleted and created again.
        let slow = DispatchSemaphore(value: 0)
        await node.holdMaintenance(slow)
        async let upkeep: Void = node.tendLogs()
        async let replaced: Void = withThrowingTaskGroup { group in
            for name in names {
                group.addTask {
                    try await node.deleteTopic(name)
                    try await node.put(name, "new")
                }
            }
            try await group.waitForAll()
        }
        try await eventually("the topics to go") { await node.firstEnds.isEmpty ? true : nil }
        slow.signal()
        try await replaced
        await upkeep
        await node.close()

        let again = try folder.node()
        try await again.open()
        #expect(await again.firstEnds == names.map { _ in 1 })
        await again.close()
    }

    @Test func deletingATopicDeletesTheOffsetsOfAllItsGroups() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.put("t", "value")
        // More than one batch can hold.
        for number in 0..<400 { try await node.commit(group: "\(number)" + String(repeating: "g", count: 30_000), "t") }
        try await node.deleteTopic("t")
        await node.close()

        let again = try folder.node()
        try await again.open()
        #expect(await again.coordinator.offsets.groups.isEmpty)
        await again.close()
    }

    @Test func theOffsetsOfATopicDeletedOnAFullDiskAreDeletedWhenThereIsRoom() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.put("t", "value")
        try await node.commit(group: "g", "t")
        await node.refuseOffsets(true)
        try await node.deleteTopic("t")
        try await node.put("t", "new")
        await node.refuseOffsets(false)
        await node.expireOffsets()
        await node.close()

        let again = try folder.node()
        try await again.open()
        #expect(await again.coordinator.offsets.groups.isEmpty)
        await again.close()
    }
}

extension Node {
    /// A compacted topic of small segments whose only key is written again and again. The last record is in a sealed segment,
    /// and another producer's record is after it.
    fileprivate func fill(_ topic: String, batches: Int32) throws -> Int64 {
        let settings = try LogSettings(["cleanup.policy": "compact", "segment.bytes": "1024"])
        let log = try createTopic(topic, partitions: 1, settings: settings).partitions[0]
        let producerID = try producerIDs.allocate()
        for sequence in 0..<batches {
            try log.append("k", producer: .init(id: producerID, epoch: 0, sequence: sequence), now: now)
        }
        for _ in 0..<batches { try log.append("k", producer: .init(), now: now) }
        return producerID
    }

    /// A topic whose records in sealed segments have all expired.
    fileprivate func expire(_ topic: String) throws {
        let settings = try LogSettings(["retention.ms": "1", "segment.bytes": "1024"])
        let log = try createTopic(topic, partitions: 1, settings: settings).partitions[0]
        for _ in 0..<30 { try log.append("k", producer: .init(), now: now - 1000) }
    }

    fileprivate func refuseOffsets(_ refuses: Bool) {
        log(Self.offsetsTopic, 0)?.settings.maxMessageBytes = refuses ? 0 : 10 << 20
    }

    fileprivate func create(_ topic: String) throws { try createTopic(topic, partitions: 1) }

    /// Where each topic's first partition ends.
    fileprivate var firstEnds: [Int64] { topics.values.map { $0.partitions[0].end } }

    fileprivate func commit(group: String, _ topic: String) throws {
        let committed = CommittedOffset(offset: 1, leaderEpoch: -1, metadata: "", timestamp: now)
        let partition = TopicPartition(topic: topic, partition: 0)
        try commit([OffsetRecord(group: group, partition: partition, committed: committed)])
    }

    fileprivate func holdMaintenance(_ gate: DispatchSemaphore) {
        maintenance.submit { _ in gate.wait() }
    }

    /// Both of its threads.
    fileprivate func holdDisk(_ gate: DispatchSemaphore) {
        for _ in 0..<2 { disk.submit { _ in gate.wait() } }
    }

    fileprivate func isBeingCompacted(_ topic: String) -> Bool { log(topic, 0)?.isBeingCompacted == true }

    /// Nothing of the first batch is left.
    fileprivate func isCompacted(_ topic: String) -> Bool { (log(topic, 0)?.segments.first?.size ?? 0) < 200 }

    fileprivate func stableOffset(of topic: String) -> Int64? { log(topic, 0)?.lastStableOffset }

    fileprivate func aborted(in topic: String) -> [ProducerStates.AbortedTransaction] {
        log(topic, 0)?.producers.aborted ?? []
    }

    fileprivate func newProducerID() throws -> Int64 { try producerIDs.allocate() }

    fileprivate func leaveTransactionOpen(in topic: String, producer: BatchBuilder.Producer? = nil) throws {
        let log = try log(topic, 0) ?? createTopic(topic, partitions: 1).partitions[0]
        var builder = BatchBuilder(timestamp: now)
        builder.add(key: nil, value: [1])
        let producer = try producer ?? BatchBuilder.Producer(id: producerIDs.allocate(), epoch: 0, sequence: 0)
        let batch = builder.batch(producer: producer, attributes: 0b1_0000)
        _ = try batch.withUnsafeBytes { try log.append($0, now: now) }
    }

    /// - Returns: the producer, ready for its next record.
    fileprivate func commitTransaction(id: String, in topic: String) throws -> BatchBuilder.Producer {
        try createTopic(topic, partitions: 1)
        let (producerID, epoch) = try initializeProducer(id, claimed: nil, timeout: 1000)
        let partition = TopicPartition(topic: topic, partition: 0)
        try addToTransaction([partition], id: id, producerID: producerID, epoch: epoch)
        try leaveTransactionOpen(in: topic, producer: .init(id: producerID, epoch: epoch, sequence: 0))
        try endTransaction(id, commit: true, producerID: producerID, epoch: epoch)
        return BatchBuilder.Producer(id: producerID, epoch: epoch, sequence: 1)
    }
}

extension PartitionLog {
    fileprivate func append(_ key: String, producer: BatchBuilder.Producer, now: Int64) throws {
        var builder = BatchBuilder(timestamp: now)
        builder.add(key: Array(key.utf8), value: [1])
        _ = try builder.batch(producer: producer).withUnsafeBytes { try append($0, now: now) }
    }
}
