import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Broker

/// A disk that does not return what was written. Whatever byte of whatever file is wrong, the broker serves only what was
/// written, or names the damaged place.
@Suite struct DamageTests {
    private static let rounds = ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full" ? 5000 : 200

    @Test func afterACleanStopDamageIsNeverSilent() async throws {
        try await damageEverything(in: try await SampleFolder(closed: true), seed: 1)
    }

    @Test func afterACrashOnlyTheLogsEndCanBeMissing() async throws {
        try await damageEverything(in: try await SampleFolder(closed: false), seed: 2)
    }

    private func damageEverything(in sample: SampleFolder, seed: UInt64) async throws {
        var random = SplitMix(state: seed)
        let files = try sample.files()
        #expect(files.count > 20)
        var (refused, served) = (0, 0)
        for round in 0..<Self.rounds / 2 {
            let file = files[Int(random.next() % UInt64(files.count))]
            let copy = try sample.copy()
            defer { try? FileManager.default.removeItem(at: copy) }
            let wound = try Wound(copy.appending(path: file), &random)
            let comment = Comment(rawValue: "seed \(seed) round \(round): \(file) \(wound)")
            switch try await SampleFolder.open(copy) {
            case .success(let contents):
                served += 1
                expect(contents, of: sample, file, wound, comment)
            case .failure(let refusal):
                refused += 1
                #expect("\(refusal)".contains(copy.path + "/" + file), comment)
                try await expectRepair(copy, sample, comment)
            }
        }
        #expect(refused > Self.rounds / 20)
        #expect(served > Self.rounds / 20)
    }

    private func expect(
        _ contents: Contents,
        of sample: SampleFolder,
        _ file: String,
        _ wound: Wound,
        _ comment: Comment
    ) {
        let before = sample.contents
        // After a crash a log may end where its file ends, because it is not known how much was written.
        let lost = sample.isClosed || !wound.isCut ? nil : sample.tails.first { $0.value == file }?.key
        let lostState = lost?.topic.hasPrefix("__") == true
        #expect(contents.offsets == before.offsets || lostState, comment)
        #expect(contents.transactions == before.transactions || lostState, comment)
        #expect(contents.clusterID == before.clusterID, comment)
        #expect(contents.settings == before.settings, comment)
        #expect(contents.nextProducerID >= before.nextProducerID, comment)
        #expect(contents.partitions.keys == before.partitions.keys, comment)
        for (partition, after) in contents.partitions {
            guard let intact = before.partitions[partition] else { continue }
            #expect(after.start == intact.start, comment)
            if lostState && partition.topic.hasPrefix("__") { continue }
            #expect(after.records.allSatisfy { intact.records[$0] == $1 }, comment)
            if partition == lost || lostState {
                #expect(intact.records.keys.filter { $0 < after.end }.allSatisfy { after.records[$0] != nil }, comment)
                continue
            }
            #expect(after.end == intact.end, comment)
            #expect(after.stable == intact.stable, comment)
            #expect(after.aborted == intact.aborted, comment)
            if after.records.count < intact.records.count {
                #expect(after.damages.contains { $0.file.hasSuffix("/" + file) }, comment)
            }
        }
    }

    /// A refused folder can be repaired. After that the broker serves only what was written.
    private func expectRepair(_ folder: URL, _ sample: SampleFolder, _ comment: Comment) async throws {
        let check = try FolderCheck(folder.path)
        #expect(!check.damages.isEmpty, comment)
        _ = try Repair(check).run()
        let left = try FolderCheck(folder.path).damages
        #expect(left.isEmpty, "\(comment) \(left)")
        let contents = try await SampleFolder.open(folder).get()
        for (partition, after) in contents.partitions {
            let intact = sample.contents.partitions[partition]
            #expect(after.damages.isEmpty, comment)
            #expect(after.end >= intact?.end ?? 0 || !sample.isClosed, comment)
            // Without its checkpoint a log does not know what DeleteRecords hid.
            let known = after.records.filter { $0.key >= intact?.start ?? 0 && $0.key < intact?.end ?? 0 }
            #expect(known.allSatisfy { intact?.records[$0] == $1 }, comment)
        }
    }
}

/// One byte changed, or everything after it removed.
private struct Wound: CustomStringConvertible {
    let position: Int
    let isCut: Bool

    init(_ file: URL, _ random: inout SplitMix) throws {
        var bytes = try Data(contentsOf: file)
        position = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
        isCut = random.next() % 3 == 0
        if isCut {
            bytes = bytes.prefix(position)
        } else if !bytes.isEmpty {
            bytes[position] ^= UInt8(1 + random.next() % 255)
        }
        try bytes.write(to: file)
    }

    var description: String { isCut ? "cut to \(position)" : "byte \(position) changed" }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// Everything that a broker's clients can see.
struct Contents: Sendable {
    struct Partition: Sendable {
        var start: Int64 = 0
        var end: Int64 = 0
        var stable: Int64 = 0
        var aborted: [ProducerStates.AbortedTransaction] = []
        var records: [Int64: String] = [:]
        /// Found while reading.
        var damages: [Damage] = []
    }

    var partitions: [TopicPartition: Partition] = [:]
    var settings: [String: [String: String]] = [:]
    var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
    var transactions: [String: Transaction] = [:]
    var clusterID = ""
    var nextProducerID: Int64 = 0
}

/// A folder with some content of every kind, created once and copied for every round.
private final class SampleFolder {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-damage-\(UUID().uuidString)")
    let isClosed: Bool
    let contents: Contents
    /// The last file of each partition's log.
    let tails: [TopicPartition: String]

    init(closed: Bool) async throws {
        isClosed = closed
        let original = folder.appending(path: "original")
        let node = try Self.node(original)
        try await node.open()
        try await node.fill()
        if closed {
            await node.close()
        } else {
            // What a kill leaves: everything that was written, and no more.
            try await node.settle()
            let crashed = folder.appending(path: "crashed")
            try FileManager.default.copyItem(at: original, to: crashed)
            await node.close()
            try FileManager.default.removeItem(at: original)
            try FileManager.default.moveItem(at: crashed, to: original)
        }
        let reader = try Self.node(try Self.copy(of: original))
        try await reader.open()
        contents = try await reader.contents()
        tails = await reader.tails()
        await reader.close()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func files() throws -> [String] {
        let original = folder.appending(path: "original").path
        return try FileManager.default.subpathsOfDirectory(atPath: original).sorted().filter {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: original + "/" + $0, isDirectory: &isFolder)
            return !isFolder.boolValue && $0 != "lock"
        }
    }

    func copy() throws -> URL { try Self.copy(of: folder.appending(path: "original")) }

    private static func copy(of original: URL) throws -> URL {
        let copy = original.deletingLastPathComponent().appending(path: UUID().uuidString)
        try FileManager.default.copyItem(at: original, to: copy)
        return copy
    }

    /// Starts a broker without its network and reads everything.
    static func open(_ folder: URL) async throws -> Result<Contents, any Error> {
        let node: Node
        do {
            node = try Self.node(folder)
        } catch {
            return .failure(error)
        }
        do {
            try await node.open()
        } catch {
            await node.close()
            return .failure(error)
        }
        let contents = try await node.contents()
        await node.close()
        return .success(contents)
    }

    private static func node(_ folder: URL) throws -> Node {
        var settings = Settings()
        settings.data = folder.path
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try Node(settings: settings, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
    }
}

extension Node {
    fileprivate func fill() async throws {
        let small = ["segment.bytes": "1024"]
        try createTopic("events", partitions: 2, settings: LogSettings(small))
        try createTopic(
            "state",
            partitions: 1,
            settings: LogSettings(small.merging(["cleanup.policy": "compact"]) { $1 })
        )
        for number in 0..<60 {
            try put("events", Int32(number % 2), "k\(number)", "value \(number)", count: 1 + number % 3)
            try put("state", 0, "k\(number % 7)", "state \(number)", count: 1)
        }
        for number in 0..<4 {
            // The longest time-out: a broker that opens a copy after it ends the transaction.
            let (producer, epoch) = try initializeProducer("tx\(number % 2)", claimed: nil, timeout: 900_000)
            let target = TopicPartition(topic: "events", partition: 0)
            try addToTransaction(
                [target, Self.offsetsPartition],
                id: "tx\(number % 2)",
                producerID: producer,
                epoch: epoch
            )
            let batcher = BatchBuilder.Producer(id: producer, epoch: epoch, sequence: 0)
            try put("events", 0, "t", "transaction \(number)", count: 2, producer: batcher)
            try hold([commit("tg", number)], producer: .init(id: producer, epoch: epoch))
            if number < 3 {
                try endTransaction("tx\(number % 2)", commit: number != 1, producerID: producer, epoch: epoch)
            }
        }
        for number in 0..<20 { try commit([commit("group\(number % 3)", number)]) }
        if let state = log("state", 0) {
            try state.roll(now: now)
            try await settle()
            if let compaction = state.compaction(now: now) { try state.finish(try compaction.run()) }
            await checkpoint(state)
            try put("state", 0, "k9", "the last", count: 1)
        }
        log("events", 1)?.advanceStart(to: 11)
        if let log = log("events", 1) { await checkpoint(log) }
    }

    /// Waits for the running disk work.
    fileprivate func settle() async throws {
        try await maintenance.runIfActive(eventLoop: eventLoop) {}.get()
    }

    private func commit(_ group: String, _ number: Int) -> OffsetRecord {
        let committed = CommittedOffset(offset: Int64(number), leaderEpoch: -1, metadata: "m\(number)", timestamp: 7)
        return OffsetRecord(group: group, partition: .init(topic: "events", partition: 0), committed: committed)
    }

    private func put(
        _ topic: String,
        _ partition: Int32,
        _ key: String,
        _ value: String,
        count: Int,
        producer: BatchBuilder.Producer = .init()
    ) throws {
        var builder = BatchBuilder(timestamp: now)
        for number in 0..<count { builder.add(key: Array(key.utf8), value: Array("\(value).\(number)".utf8)) }
        let batch = builder.batch(producer: producer, attributes: producer.id < 0 ? 0 : 0b1_0000)
        _ = try batch.withUnsafeBytes { try log(topic, partition)?.append($0, now: now) }
    }

    fileprivate func tails() -> [TopicPartition: String] {
        var tails: [TopicPartition: String] = [:]
        for topic in topics.values {
            for (index, log) in topic.partitions.enumerated() {
                let segment = log.segments.last { $0.size > 0 } ?? log.active
                tails[TopicPartition(topic: topic.name, partition: Int32(index))] =
                    Segment.path("topics/\(topic.name)/\(index)", segment.baseOffset, "log")
            }
        }
        return tails
    }

    fileprivate func contents() throws -> Contents {
        var contents = Contents()
        contents.offsets = coordinator.offsets.groups
        contents.transactions = transactions
        contents.clusterID = clusterID
        contents.nextProducerID = try producerIDs.allocate()
        for topic in topics.values {
            contents.settings[topic.name] = topic.settings.overrides
            for (index, log) in topic.partitions.enumerated() {
                let partition = TopicPartition(topic: topic.name, partition: Int32(index))
                contents.partitions[partition] = try read(log)
            }
        }
        return contents
    }

    /// Reads slice after slice like a consumer, and continues after a slice that is refused.
    private func read(_ log: PartitionLog) throws -> Contents.Partition {
        var found = Contents.Partition(start: log.start, end: log.end, stable: log.lastStableOffset)
        found.aborted = log.producers.aborted
        var offset = log.start
        while offset < min(log.end, 1000) {
            do {
                guard let slice = try log.slice(from: offset, below: log.end, maxBytes: 700) else { break }
                var bytes = [UInt8](repeating: 0, count: slice.count)
                let next = try bytes.withUnsafeMutableBytes { room in
                    let read = try slice.file.read(into: room, at: slice.position)
                    let served = UnsafeRawBufferPointer(rebasing: room[..<read])
                    return try note(UnsafeRawBufferPointer(rebasing: served[..<slice.intactPrefix(served)]), &found)
                }
                offset = max(offset + 1, next)
            } catch let damage as Damage {
                found.damages.append(damage)
                offset += 1
            }
        }
        found.records = found.records.filter { $0.key >= log.start }
        return found
    }

    private func note(_ bytes: UnsafeRawBufferPointer, _ found: inout Contents.Partition) throws -> Int64 {
        var (position, next) = (0, Int64(0))
        while position + BatchHeader.size <= bytes.count {
            let header = BatchHeader(UnsafeRawBufferPointer(rebasing: bytes[position...]))
            guard position + header.size <= bytes.count else { break }
            let batch = UnsafeRawBufferPointer(rebasing: bytes[position..<position + header.size])
            // A consumer trusts the CRC and nothing else.
            #expect(BatchHeader.isIntact(batch))
            if !header.isControl {
                try Record.forEach(in: batch) { record in
                    let key = record.key.map { String(decoding: batch[$0], as: UTF8.self) } ?? "-"
                    let value = record.value.map { String(decoding: batch[$0], as: UTF8.self) } ?? "-"
                    found.records[record.offset] =
                        "\(key)=\(value) \(record.timestamp) \(header.producerID) \(header.attributes) \(header.leaderEpoch)"
                }
            }
            position += header.size
            next = header.lastOffset + 1
        }
        return next
    }
}
