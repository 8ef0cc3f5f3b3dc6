import Foundation
import LocalServers
import NIOPosix
import Testing

@testable import Broker

/// When an answer waits for the disk.
@Suite struct FlushTests {
    @Test func aFailedSyncNeverCountsAsDoneLater() throws {
        let point = FlushPoint(3)
        let folder = NodeFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let good = try LogFile(folder.url.path + "/file")
        // A device that cannot be synced acts as a disk that could not store what was written.
        let bad = try LogFile("/dev/null", flags: O_RDWR)
        try point.advance(to: 5, syncing: [good])
        #expect(point.offset == 5)
        #expect(throws: LogFile.Failure.self) { try point.advance(to: 7, syncing: [good, bad]) }
        #expect(point.hasFailed)
        #expect(throws: ErrorCode.storageError) { try point.advance(to: 7, syncing: [good]) }
        #expect(point.offset == 5)
    }

    @Test func nothingWaitsForTheDiskByDefault() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        for value in 0..<5 { try await node.put("t", "\(value)") }
        #expect(await node.flushedUpTo("t") == 0)
        await node.close()
    }

    @Test func theRecordThatReachesTheFlushLimitWaitsForTheDisk() async throws {
        let folder = NodeFolder()
        let node = try folder.node(topics: ["flush.messages": "3"])
        try await node.open()
        var flushed: [Int64] = []
        for value in 0..<7 {
            try await node.put("t", "\(value)")
            flushed.append(await node.flushedUpTo("t"))
        }
        #expect(flushed == [0, 0, 3, 3, 3, 6, 6])
        await node.close()
    }

    @Test func requestsDuringASyncShareTheNextOne() async throws {
        let folder = NodeFolder()
        let node = try folder.node(topics: ["flush.messages": "1"])
        try await node.open()
        try await node.put("t", "first")
        #expect(await node.counters.flushes == 1)
        let slow = DispatchSemaphore(value: 0)
        await node.holdDisk(slow)
        async let written: Void = withThrowingTaskGroup { group in
            for value in 0..<10 { group.addTask { try await node.put("t", "\(value)") } }
            try await group.waitForAll()
        }
        try await eventually("all to wait") { await node.end(of: "t") == 11 ? true : nil }
        for _ in 0..<2 { slow.signal() }
        try await written
        // One sync that was running when they came, and one for all of them.
        #expect(await node.counters.flushes == 3)
        #expect(await node.flushedUpTo("t") == 11)
        await node.close()
    }

    @Test func aTopicCanOverrideTheBroker() async throws {
        let folder = NodeFolder()
        let node = try folder.node(topics: ["flush.messages": "1"])
        try await node.open()
        try await node.create("quick", ["flush.messages": "1000"])
        try await node.put("quick", "a")
        try await node.put("safe", "a")
        #expect(await node.flushedUpTo("quick") == 0)
        #expect(await node.flushedUpTo("safe") == 1)
        await node.close()
    }

    @Test func aTopicDeletedBeforeItsSyncIsNotADiskFailure() async throws {
        let folder = NodeFolder()
        let node = try folder.node(topics: ["flush.messages": "1"])
        let slow = DispatchSemaphore(value: 0)
        await node.holdDisk(slow)
        let written = Task { try await node.put("t", "value") }
        try await eventually("the sync to be asked for") { await node.isFlushing ? true : nil }
        try await node.deleteTopic("t")
        for _ in 0..<2 { slow.signal() }
        await #expect(throws: ErrorCode.unknownTopicOrPartition) { try await written.value }
        await node.close()
    }

    @Test func overdueRecordsAreSyncedWithoutAWaitingClient() async throws {
        let folder = NodeFolder()
        let node = try folder.node(topics: ["flush.ms": "0"])
        try await node.open()
        try await node.put("t", "a")
        #expect(await node.flushedUpTo("t") == 0)
        let clock = Task { await node.keepTime() }
        try await eventually("the flush") { await node.flushedUpTo("t") == 1 ? true : nil }
        clock.cancel()
        await node.close()
    }

    @Test func aPartitionWhoseSyncFailedAcceptsNothingUntilItIsOpenedAgain() async throws {
        let folder = NodeFolder()
        let first = try folder.node()
        try await first.open()
        try await first.create("t", ["flush.messages": "1"])
        await first.close()
        // /dev/null accepts every write but cannot be synced.
        let partition = folder.url.appending(path: "topics/t/0")
        try FileManager.default.removeItem(at: partition)
        try FileManager.default.createDirectory(at: partition, withIntermediateDirectories: true)
        let segment = Segment.path(partition.path, 0, "log")
        try FileManager.default.createSymbolicLink(atPath: segment, withDestinationPath: "/dev/null")

        let second = try folder.node()
        try await second.open()
        await #expect(throws: LogFile.Failure.self) { try await second.put("t", "a") }
        await #expect(throws: ErrorCode.storageError) { try await second.put("t", "a") }
        await second.close()
    }
}

extension Node {
    /// Makes every disk thread wait.
    fileprivate func holdDisk(_ gate: DispatchSemaphore) {
        for _ in 0..<2 { disk.submit { _ in gate.wait() } }
    }

    fileprivate func end(of topic: String) -> Int64? { log(topic, 0)?.end }

    fileprivate var isFlushing: Bool { !flushing.isEmpty }

    fileprivate func create(_ name: String, _ configuration: [String: String]) throws {
        try createTopic(name, partitions: 1, settings: LogSettings(configuration, over: settings.topics))
    }
}
