import Foundation
import Kafka
import LocalServers
import NIOCore
import NIOPosix
import Testing

@testable import Broker

/// A disk without room: writes are refused, stored data stays, and service resumes by itself.
@Suite struct FullDiskTests {
    @Test func aWriteThatDoesNotFitLeavesNothingBehindAndServiceResumes() async throws {
        guard let disk = try TinyDisk(megabytes: 2) else { return }
        let folder = NodeFolder(in: disk.url)
        let node = try folder.node(topics: ["segment.bytes": "65536"])
        try await node.open()
        var written: [String] = []
        func fillUp() async throws {
            for size in [6000, 100, 1] {  // to the last byte of the last page
                let error = await #expect(throws: LogFile.Failure.self) {
                    while true {
                        let value = "\(written.count)" + String(repeating: "x", count: size)
                        try await node.put("t", value)
                        written.append(value)
                    }
                }
                #expect(error?.code == ENOSPC)
                #expect(try await node.bytesBehindTheLog("t") == 0)
            }
        }
        try await fillUp()
        #expect(try await node.values("t") == written)
        try await node.deleteRecords("t", before: Int64(written.count / 2))
        try await fillUp()
        #expect(try await node.values("t") == Array(written.suffix(try await node.values("t").count)))
        let kept = try await node.values("t")
        await node.close()

        let again = try folder.node(topics: ["segment.bytes": "65536"])
        try await again.open()
        #expect(try await again.values("t") == kept)
        await again.close()
    }

    @Test func aCommitThatCannotBeStoredIsNotAnswered() async throws {
        guard let disk = try TinyDisk(megabytes: 1) else { return }
        let folder = NodeFolder(in: disk.url)
        let node = try folder.node()
        try await node.open()
        try await node.commit(1)
        disk.fill()
        var last: Int64 = 1
        await #expect(throws: ErrorCode.coordinatorNotAvailable) {
            while true {
                try await node.commit(last + 1)
                last += 1
            }
        }
        #expect(await node.committed() == last)
        #expect(await node.refusing.count == 1)
        try disk.makeRoom()
        try await node.commit(last + 10)
        #expect(await node.committed() == last + 10)
        #expect(await node.refusing.isEmpty)
        await node.close()
        let again = try folder.node()
        try await again.open()
        #expect(await again.committed() == last + 10)
        await again.close()
    }

    @Test func aDecidedTransactionIsEndedWhenThereIsRoomEvenAfterARestart() async throws {
        guard let disk = try TinyDisk(megabytes: 1) else { return }
        let folder = NodeFolder(in: disk.url)
        let node = try folder.node()
        try await node.open()
        let producer = try await node.begin("tx", in: "t")
        var count: Int64 = 1
        try await node.put("t", "", producer: producer.at(0))
        disk.fill()
        await #expect(throws: LogFile.Failure.self) {
            while true {  // until the last page has less room than a marker needs
                try await node.put("t", "", producer: producer.at(count))
                count += 1
            }
        }
        await #expect(throws: ErrorCode.coordinatorNotAvailable) { try await node.end("tx", producer) }
        #expect(await node.stableOffset("t") == 0)
        await node.close()

        let again = try folder.node()
        try await again.open()
        #expect(await again.stableOffset("t") == 0)
        #expect(await again.hasHangingTransactions == false)
        try disk.makeRoom()
        try await eventually("the marker") {
            await again.tendTransactions()
            return await again.stableOffset("t") == count + 1 ? true : nil
        }
        #expect(await again.aborted("t") == 0)
        #expect(await again.transactions["tx"]?.state == .completeCommit)
        await again.close()
    }

    @Test func aRefusedTopicDoesNotExistAfterTheNextStart() async throws {
        guard let disk = try TinyDisk(megabytes: 1) else { return }
        let folder = NodeFolder(in: disk.url)
        let node = try folder.node()
        try await node.open()
        try await node.put("old", "a")
        disk.fill()
        await #expect(throws: (any Error).self) { try await node.create("new") }
        await #expect(throws: (any Error).self) { try await node.widen("old", to: 4) }
        #expect(await node.partitions("old") == 1)
        try await node.deleteTopic("old")  // this makes room
        await node.close()
        let again = try folder.node()
        try await again.open()
        #expect(await again.partitions("old") == nil)
        #expect(await again.partitions("new") == nil)
        try disk.makeRoom()
        try await again.create("new")
        await again.close()
    }

    @Test func aCompactionWithoutRoomLeavesTheLogAsItWas() async throws {
        guard let disk = try TinyDisk(megabytes: 1) else { return }
        let folder = NodeFolder(in: disk.url)
        let node = try folder.node(topics: ["cleanup.policy": "compact", "segment.bytes": "65536"])
        try await node.open()
        for value in 0..<400 { try await node.put("t", "\(value)" + String(repeating: "x", count: 400)) }
        let before = try await node.values("t")
        disk.fill()
        // Only one record survives in each segment, but its index and its file still need room.
        await #expect(throws: LogFile.Failure.self) { try await node.compact("t") }
        #expect(try await node.values("t") == before)
        let left = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        #expect(!left.contains { $0.hasSuffix(".tmp") || $0.hasSuffix(".compacted") })
        try disk.makeRoom()
        try await node.compact("t")
        #expect(try await node.values("t").count < before.count)
        await node.close()
    }

    @Test func aTornTailThatCannotBeCutOffKeepsThePartitionClosed() throws {
        // A file in memory that is sealed against growing and shrinking. It acts as a disk that fails in the middle of a
        // batch, and again when the batch is cut off.
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let memory = try SealedFile.create()
        defer { close(memory) }
        try FileManager.default.createSymbolicLink(
            atPath: Segment.path(folder, 0, "log"),
            withDestinationPath: "/proc/self/fd/\(memory)"
        )
        let log = PartitionLog(directory: folder, settings: LogSettings(), recovered: try Recovery(directory: folder)) {
            $0()
        }
        func append(_ size: Int) throws {
            var builder = BatchBuilder(timestamp: 0)
            builder.add(key: nil, value: [UInt8](repeating: 7, count: size))
            _ = try builder.batch().withUnsafeBytes { try log.append($0, now: 0) }
        }
        try append(10)
        let size = log.size
        #expect(ftruncate(memory, 4096) == 0)
        #expect(fcntl(memory, SealedFile.addSeals, SealedFile.shrink | SealedFile.grow) == 0)
        #expect(throws: LogFile.Failure.self) { try append(6000) }
        // This batch would fit, but the torn one would be before it.
        #expect(throws: LogFile.Failure.self) { try append(10) }
        #expect(throws: LogFile.Failure.self) { try log.roll(now: 0) }
        #expect(log.end == 1)
        #expect(log.size == size)
    }

    @Test func aClientGetsAnErrorAndCanContinueWhenThereIsRoom() async throws {
        // A limit on the size of the broker's files acts as the full disk, because it needs no special rights.
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        try await broker.send("log", ["a", "b"])
        try await broker.limitFiles(to: 4096)
        let large = String(repeating: "x", count: 8000) + "\n"
        let impatient = ["-b", broker.bootstrap, "-P", "-t", "log", "-p", "0", "-X", "retries=0", "-z", "none"]
        let error = await #expect(throws: LocalServerError.self) { _ = try await kcat(impatient, producing: large) }
        #expect(error?.description.contains("Disk error") == true)
        try await broker.limitFiles(to: nil)
        try await broker.send("log", ["c"])
        try await broker.killAndRestart()
        try await broker.send("log", ["end"])
        #expect(try await broker.values("log") == ["a", "b", "c"])
        await broker.end()
    }
}

/// Constants of <linux/memfd.h> and <fcntl.h> that the C library's module lacks.
private enum SealedFile {
    static let addSeals: Int32 = 1033
    static let shrink: Int32 = 2
    static let grow: Int32 = 4

    static func create() throws -> Int32 {
        let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "memfd_create"))
        let create = unsafeBitCast(symbol, to: (@convention(c) (UnsafePointer<CChar>, UInt32) -> Int32).self)
        return create("segment", 2)  // sealing is allowed
    }
}

extension BrokerProcess {
    fileprivate func limitFiles(to bytes: Int?) async throws {
        let limit = bytes.map { "\($0):unlimited" } ?? "unlimited:unlimited"
        _ = try await Executables.run("/usr/bin/prlimit", ["--pid", "\(pid)", "--fsize=\(limit)"])
    }
}

extension BatchBuilder.Producer {
    fileprivate func at(_ sequence: Int64) -> Self { Self(id: id, epoch: epoch, sequence: Int32(sequence)) }
}

extension Node {
    fileprivate static let group = "crew"
    fileprivate static let committedPartition = Broker.TopicPartition(topic: "t", partition: 0)

    fileprivate func values(_ topic: String) throws -> [String] {
        var values: [String] = []
        guard let log = log(topic, 0) else { return [] }
        try log.segments.forEachBatch { _, batch in
            try Record.forEach(in: batch) { record in
                guard record.offset >= log.start, let value = record.value else { return }
                values.append(String(decoding: batch[value], as: UTF8.self))
            }
        }
        return values
    }

    /// How much longer the file is than its content.
    fileprivate func bytesBehindTheLog(_ topic: String) throws -> Int {
        guard let active = log(topic, 0)?.active else { return -1 }
        return try active.file.size - active.size
    }

    /// Returns when the files are removed.
    fileprivate func deleteRecords(_ topic: String, before offset: Int64) async throws {
        log(topic, 0)?.advanceStart(to: offset)
        try await maintenance.runIfActive(eventLoop: eventLoop) {}.get()
    }

    fileprivate func commit(_ offset: Int64) throws {
        let committed = CommittedOffset(offset: offset, leaderEpoch: 0, metadata: "", timestamp: now)
        try commit([OffsetRecord(group: Self.group, partition: Self.committedPartition, committed: committed)])
    }

    fileprivate func committed() -> Int64? {
        coordinator.offsets.groups[Self.group]?[Self.committedPartition]?.offset
    }

    fileprivate func begin(_ id: String, in topic: String) throws -> BatchBuilder.Producer {
        try createTopic(topic, partitions: 1)
        let (producerID, epoch) = try initializeProducer(id, claimed: nil, timeout: 60_000)
        let partition = Broker.TopicPartition(topic: topic, partition: 0)
        try addToTransaction([partition], id: id, producerID: producerID, epoch: epoch)
        return BatchBuilder.Producer(id: producerID, epoch: epoch, sequence: 0)
    }

    fileprivate func end(_ id: String, _ producer: BatchBuilder.Producer) throws {
        try endTransaction(id, commit: true, producerID: producer.id, epoch: producer.epoch)
    }

    fileprivate func stableOffset(_ topic: String) -> Int64? { log(topic, 0)?.lastStableOffset }

    fileprivate func aborted(_ topic: String) -> Int? { log(topic, 0)?.producers.aborted.count }

    fileprivate func partitions(_ topic: String) -> Int? { topics[topic]?.partitions.count }

    fileprivate func create(_ topic: String) throws { try createTopic(topic, partitions: 3) }

    fileprivate func widen(_ topic: String, to count: Int) throws {
        if let topic = topics[topic] { try addPartitions(topic, upTo: count) }
    }

    fileprivate func compact(_ topic: String) throws {
        guard let log = log(topic, 0), let compaction = log.compaction(now: now) else { return }
        do {
            try log.finish(try compaction.run())
        } catch {
            compaction.discard()  // as in its upkeep
            log.isBeingCompacted = false
            throw error
        }
    }
}
