import Foundation
import Synchronization
import Testing

@testable import Broker

/// The log on disk, without a network: what is appended is there after every kind of ending.
@Suite struct PartitionLogTests {
    @Test func theChecksumIsCastagnolis() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
        for length in 0..<40 {  // every alignment of head and tail agrees with the plain definition
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            let plain = bytes.reduce(~UInt32(0)) { crc, byte in
                (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0x82f6_3b78 ^ (crc >> 1) : crc >> 1 }
            }
            #expect(CRC32C.checksum(bytes) == ~plain)
            #expect(bytes.withUnsafeBytes { CRC32C.byTable($0) } == ~plain)
        }
    }

    @Test func recordsComeBackFromAnyOffsetAcrossSegments() throws {
        let folder = try LogFolder(["segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k\(number)", "v\(number)") }
        #expect(log.segments.count > 3)
        for offset in [0, 1, 57, 150, 299] as [Int64] {
            #expect(try log.values(from: offset) == (offset..<300).map { "v\($0)" })
        }
        #expect(throws: ErrorCode.offsetOutOfRange) { try log.slice(from: 301, below: 301, maxBytes: 1) }
    }

    @Test func aTornTailIsCutAndEverythingBeforeItIsThere() throws {
        let folder = try LogFolder()
        let log = try folder.open()
        for number in 0..<50 { try log.append("k", "v\(number)") }
        let (file, end) = (log.active.file, log.active.size)
        try log.append("k", String(repeating: "torn", count: 100))
        try file.truncate(to: end + 300)

        let recovered = try Recovery(directory: folder.path)
        #expect(recovered.bytesCut == 300)
        let again = try folder.open()
        #expect(again.end == 50)
        try again.append("k", "v50")
        #expect(try again.values(from: 0) == (0...50).map { "v\($0)" })
    }

    @Test func zerosThatAMachineLeftBehindAreCut() throws {
        let folder = try LogFolder()
        let log = try folder.open()
        for number in 0..<5 { try log.append("k", "v\(number)") }
        try log.active.file.truncate(to: log.active.size + 5000)
        #expect(try folder.open().values(from: 0) == (0..<5).map { "v\($0)" })
    }

    @Test func aDamagedBatchIsNamedAndNothingIsCut() throws {
        let folder = try LogFolder()
        let log = try folder.open()
        var positions: [Int] = []
        for number in 0..<10 {
            positions.append(log.active.size)
            try log.append("k", "v\(number)")
        }
        try [UInt8(0xff)].withUnsafeBytes { try log.active.file.write($0, at: positions[6] + 63) }
        let size = log.active.size
        let damage = #expect(throws: Damage.self) { try folder.open() }
        #expect(damage?.file == log.active.file.path)
        #expect(damage?.offset == positions[6])
        #expect(try log.active.file.size == size)
    }

    @Test func aCleanStopLeavesNothingToScan() throws {
        let folder = try LogFolder(["segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<200 {
            try log.append("k", "v\(number)", producer: .init(id: 5, epoch: 0, sequence: Int32(number)))
        }
        try log.close(now: 0)
        let recovered = try Recovery(directory: folder.path)
        #expect(recovered.bytesScanned == 0)
        let again = try folder.open()
        #expect(try again.values(from: 0).count == 200)
        // The producer is remembered: a repetition gets its old offset.
        #expect(try again.append("k", "v199", producer: .init(id: 5, epoch: 0, sequence: 199)) == 199)
        #expect(again.end == 200)
    }

    @Test func producersAndOpenTransactionsSurviveAKill() throws {
        let folder = try LogFolder(["segment.bytes": "2048"])
        let log = try folder.open()
        for number in 0..<60 {
            try log.append("k", "v", producer: .init(id: 5, epoch: 0, sequence: Int32(number)))
            if number == 30 {
                try log.append("k", "t", producer: .init(id: 6, epoch: 2, sequence: 0), transactional: true)
            }
            if number == 40 {
                try log.append("k", "a", producer: .init(id: 7, epoch: 0, sequence: 0), transactional: true)
                try log.appendMarker(commit: false, producerID: 7, epoch: 0, now: 0)
            }
        }
        // No close: the process is gone. Only what came after the last checkpoint is read.
        #expect(log.segments.count > 2)
        #expect(try Recovery(directory: folder.path).bytesScanned == log.active.size)
        let again = try folder.open()
        #expect(again.producers.producers.mapValues(\.batches) == log.producers.producers.mapValues(\.batches))
        #expect(again.producers.producers.mapValues(\.epoch) == log.producers.producers.mapValues(\.epoch))
        #expect(again.producers.open == log.producers.open)
        #expect(again.producers.aborted == log.producers.aborted)
        #expect(again.lastStableOffset == 31)
        #expect(again.end == log.end)
    }

    @Test func aLogThatIsShorterThanItsCheckpointSaysIsRefused() throws {
        let folder = try LogFolder()
        let log = try folder.open()
        for number in 0..<10 { try log.append("k", "v", producer: .init(id: 5, epoch: 0, sequence: Int32(number))) }
        let size = log.active.size
        for number in 10..<20 { try log.append("k", "v", producer: .init(id: 5, epoch: 0, sequence: Int32(number))) }
        try log.close(now: 0)
        try log.active.file.truncate(to: size)
        #expect(throws: Damage.self) { try folder.open() }
        unlink(Segment.path(folder.path, 0, "index"))
        let damage = #expect(throws: Damage.self) { try folder.open() }
        #expect(damage?.offset == size)
    }

    @Test func compactionKeepsTheLastValueOfEveryKeyAndTheirOffsets() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0"])
        let log = try folder.open()
        for number in 0..<400 { try log.append("k\(number % 7)", "v\(number)", timestamp: 1) }
        try log.append("k3", nil, timestamp: 1)
        try log.roll(now: 1)
        let end = log.end
        let sizeBefore = log.size
        try log.compact()
        #expect(log.end == end)
        #expect(log.size < sizeBefore / 4)
        var state = try log.contents()
        #expect(state.count == 7)
        #expect(state["k3"] == .some(nil))  // a tombstone is seen for one more round
        #expect(state["k2"] == "v394")
        #expect(try log.values(from: 394).contains("v394"))

        for _ in 0..<2 {
            for number in 0..<200 { try log.append("other\(number % 3)", "x", timestamp: 1) }
            try log.roll(now: 1)
            try log.compact()
        }
        state = try log.contents()
        #expect(state["k3"] == nil)
        #expect(try folder.open().contents() == state)
    }

    @Test func aReaderInAnOldSegmentReadsItToItsEnd() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<200 { try log.append("k", "v\(number)", timestamp: 1) }
        let slice = try #require(try log.slice(from: 0, below: log.end, maxBytes: 1 << 20))
        try log.compact()
        var bytes = [UInt8](repeating: 0, count: slice.count)
        #expect(try bytes.withUnsafeMutableBytes { try slice.file.read(into: $0, at: slice.position) } == slice.count)
        #expect(bytes.withUnsafeBytes { BatchHeader($0).baseOffset } == 0)
    }

    @Test func compactionDropsWhatWasAbortedAndNeverTouchesWhatIsOpen() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "2048", "delete.retention.ms": "0"])
        let log = try folder.open()
        try log.append("a", "committed", timestamp: 1)
        try log.append("a", "aborted", producer: .init(id: 1, epoch: 0, sequence: 0), transactional: true)
        try log.appendMarker(commit: false, producerID: 1, epoch: 0, now: 1)
        for _ in 0..<60 { try log.append("filler", "x", timestamp: 1) }
        try log.append("a", "open", producer: .init(id: 1, epoch: 0, sequence: 1), transactional: true)
        for _ in 0..<60 { try log.append("filler", "x", timestamp: 1) }
        try log.roll(now: 1)
        try log.compact()
        var values: [String] = []
        try log.forEachRecord { key, value in if key == "a" { values.append(value ?? "") } }
        #expect(values == ["committed", "open"])
    }

    @Test func ofACompressedBatchThatWasAbortedNothingIsLeft() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0"])
        let log = try folder.open()
        // The codec's number is all that counts here: nobody unpacks.
        var builder = BatchBuilder(timestamp: 1)
        builder.add(key: Array("k".utf8), value: [1])
        let batch = builder.batch(producer: .init(id: 1, epoch: 0, sequence: 0), attributes: 0b1_0001)
        _ = try batch.withUnsafeBytes { try log.append($0, now: 1) }
        try log.appendMarker(commit: false, producerID: 1, epoch: 0, now: 1)
        // Its producer's last one stays, empty, which no client must try to unpack; then it goes.
        var found: [[Bool]] = []
        for _ in 0..<2 {
            for number in 0..<100 { try log.append("other\(number % 3)", "x", timestamp: 1) }
            try log.roll(now: 1)
            try log.compact()
            var compressed: [Bool] = []
            try log.segments.forEachBatch { header, _ in
                if header.producerID == 1, !header.isControl { compressed.append(header.isCompressed) }
            }
            found.append(compressed)
            try log.append("k", "newer", timestamp: 1, producer: .init(id: 1, epoch: 0, sequence: Int32(found.count)))
        }
        #expect(found == [[false], [false]])
    }

    @Test func aTombstoneStaysWhereItsKeyMayStandInACompressedBatch() throws {
        for hasCompressed in [false, true] {
            let folder = try LogFolder([
                "cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0",
            ])
            let log = try folder.open()
            if hasCompressed {
                // The codec's number is all that counts here: nobody unpacks.
                var builder = BatchBuilder(timestamp: 1)
                builder.add(key: Array("k".utf8), value: [1])
                _ = try builder.batch(attributes: 1).withUnsafeBytes { try log.append($0, now: 1) }
            }
            try log.append("k", nil, timestamp: 1)
            for _ in 0..<3 {
                for number in 0..<100 { try log.append("other\(number % 3)", "x", timestamp: 1) }
                try log.roll(now: 1)
                try log.compact()
            }
            var tombstones = 0
            try log.segments.forEachBatch { header, batch in
                guard !header.isCompressed else { return }
                try Record.forEach(in: batch) { if $0.value == nil { tombstones += 1 } }
            }
            #expect(tombstones == (hasCompressed ? 1 : 0))
        }
    }

    @Test func markersGoWithTheirRecordsAndThoseOfAbortsWhenNobodyIsToldOfThem() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0"])
        let log = try folder.open()
        for (id, commit) in [(1, false), (2, true)] as [(Int64, Bool)] {
            try log.append("k", "v", timestamp: 1, producer: .init(id: id, epoch: 0, sequence: 0), transactional: true)
            try log.appendMarker(commit: commit, producerID: id, epoch: 0, now: 1)
        }
        // A producer's last batch stays, and its marker with it.
        try log.append("last", "v", timestamp: 1, producer: .init(id: 2, epoch: 0, sequence: 1))
        try log.append("last", "v", timestamp: 1, producer: .init(id: 1, epoch: 0, sequence: 1))
        var found: [(markers: [Int64], told: [Int64])] = []
        for _ in 0..<2 {
            try log.append("k", "newer", timestamp: 1)
            for number in 0..<100 { try log.append("other\(number % 3)", "x", timestamp: 1) }
            try log.roll(now: 1)
            try log.compact()
            var markers: [Int64] = []
            try log.segments.forEachBatch { header, _ in if header.isControl { markers.append(header.producerID) } }
            found.append((markers, log.aborted(from: 0, below: log.end).map(\.producerID)))
        }
        // First the records, and the word of them, then the marker: at no time does a reader look for one that is gone.
        #expect(found.map(\.told) == [[], []])
        #expect(found.map(\.markers) == [[1], []])
    }

    @Test func withoutItsCheckpointACompactedLogStillKnowsEveryProducersSequence() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        let producer = { BatchBuilder.Producer(id: 7, epoch: 0, sequence: $0) }
        for number in 0..<3 { try log.append("k", "v\(number)", timestamp: 1, producer: producer(Int32(number))) }
        for number in 0..<200 { try log.append("k", "x\(number)", timestamp: 1) }
        try log.roll(now: 1)
        try log.compact()
        let before = try log.contents()
        var checkpoint = log.checkpoint(now: 1)
        checkpoint.producers = ProducerStates()
        checkpoint.recoveryPoint = 0
        try checkpoint.write(in: folder.path)
        let again = try folder.open()
        #expect(try again.contents() == before)
        #expect(try again.append("k", "v2", timestamp: 1, producer: producer(2)) == 2)
        #expect(throws: ErrorCode.outOfOrderSequenceNumber) {
            try again.append("k", "v4", timestamp: 1, producer: producer(4))
        }
        #expect(try again.append("k", "v3", timestamp: 1, producer: producer(3)) == log.end)
    }

    @Test func recordsYoungerThanTheLagAreNotCompacted() throws {
        let folder = try LogFolder([
            "cleanup.policy": "compact", "segment.bytes": "4096", "min.compaction.lag.ms": "1000",
        ])
        let log = try folder.open()
        for number in 0..<200 { try log.append("k", "v\(number)", timestamp: 5000) }
        let active = log.active.baseOffset
        #expect(log.compaction(now: 5900) == nil)
        let compaction = try #require(log.compaction(now: 6001))
        #expect(compaction.inputs.last?.nextOffset == active)  // the active segment is never touched
    }

    @Test func anInterruptedCompactionIsCleanedUp() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k\(number % 5)", "v\(number)", timestamp: 1) }
        try log.roll(now: 1)
        let before = try log.contents()
        // Killed after the first rename: the merged segment stands beside those that it swallowed.
        let result = try #require(log.compaction(now: 2)).run()
        try log.checkpointing(now: 2)()
        let output = try #require(result.outputs.first)
        #expect(output.replaces.count > 1)
        let path = Segment.path(folder.path, output.baseOffset, "log")
        unlink(Segment.path(folder.path, output.baseOffset, "index"))
        #expect(rename(path + ".tmp", path) == 0)
        let again = try folder.open()
        #expect(again.end == log.end)
        #expect(try again.contents() == before)
        #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.hasSuffix(".tmp") }))
    }

    @Test func whatADeletionKeptFromBeingCompactedIsCompactedTheNextTime() throws {
        let folder = try LogFolder(["cleanup.policy": "compact,delete", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k\(number % 5)", "v\(number)", timestamp: 1) }
        let result = try #require(log.compaction(now: 2)).run()
        log.advanceStart(to: log.segments[1].baseOffset)
        try log.finish(result)
        try log.compact()
        #expect(log.segments.count == 2)
    }

    @Test func aCompactionThatNobodyWantsAnyMoreEnds() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k", "v\(number)", timestamp: 1) }
        var compaction = try #require(log.compaction(now: 2))
        compaction.isWanted = { false }
        #expect(throws: CancellationError.self) { try compaction.run() }
    }

    @Test func retentionDropsOldSegmentsByTimeAndBySize() throws {
        let folder = try LogFolder(["segment.bytes": "4096", "retention.ms": "1000"])
        let log = try folder.open()
        for number in 0..<100 { try log.append("k", "v\(number)", timestamp: 1000) }
        for number in 100..<200 { try log.append("k", "v\(number)", timestamp: 9000) }
        #expect(try log.applyRetention(now: 9500))
        #expect(log.start > 0)
        #expect(log.start <= 100)
        #expect(try log.values(from: log.start).last == "v199")

        log.settings = try LogSettings(["retention.bytes": "5000", "segment.bytes": "4096"])
        #expect(try log.applyRetention(now: 9500))
        #expect(log.size < 5000 + 4096)
        #expect(log.end == 200)
        #expect(try folder.open().end == 200)
    }

    @Test func recordsWithoutATimeStampAgeFromTheirWritingOn() throws {
        let folder = try LogFolder(["retention.ms": "1000000"])
        let log = try folder.open()
        try log.append("k", "v", timestamp: -1)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(try !log.applyRetention(now: now))
        #expect(try log.applyRetention(now: now + 2_000_000))
    }

    @Test func whenEverythingHasExpiredOffsetsStillGoOn() throws {
        let folder = try LogFolder(["retention.ms": "1000"])
        let log = try folder.open()
        for number in 0..<10 { try log.append("k", "v\(number)", timestamp: 1000) }
        #expect(try log.applyRetention(now: 9000))
        #expect(log.start == 10)
        #expect(try log.append("k", "next", timestamp: 9000) == 10)
        try log.close(now: 9000)
        let again = try folder.open()
        #expect(again.start == 10)
        #expect(again.end == 11)
    }

    @Test func recordsAreFoundByTime() throws {
        let folder = try LogFolder(["segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<200 { try log.append("k", "v", timestamp: Int64(number) * 10) }
        #expect(try log.firstRecord(atOrAfter: 0)?.offset == 0)
        #expect(try log.firstRecord(atOrAfter: 995)?.offset == 100)
        #expect(try log.firstRecord(atOrAfter: 1990)?.offset == 199)
        #expect(try log.firstRecord(atOrAfter: 1991) == nil)
        // What was deleted is passed over, in whichever segment the log now starts.
        for start in [3, 100, 198] as [Int64] {
            log.advanceStart(to: start)
            #expect(try log.firstRecord(atOrAfter: 0)?.offset == start)
            #expect(try log.firstRecord(atOrAfter: 1980)?.offset == 198)
        }
    }

    /// All but its place in the log: base offset, and the leader epoch behind the length.
    @Test(arguments: [0, 1, 2, 3, 4] as [Int16]) func whatAClientPackedIsServedByteForByte(codec: Int16) throws {
        let folder = try LogFolder()
        let log = try folder.open()
        try log.append("k", "before")
        var builder = BatchBuilder(timestamp: 7)
        builder.add(key: [1], value: [2, 3])
        let batch = builder.batch(producer: .init(id: 9, epoch: 1, sequence: 0), attributes: codec)
        #expect(try batch.withUnsafeBytes { try log.append($0, now: 8) } == 1)
        let slice = try #require(try log.slice(from: 1, below: 2, maxBytes: 1 << 20))
        var served = [UInt8](repeating: 0, count: slice.count)
        _ = try served.withUnsafeMutableBytes { try slice.file.read(into: $0, at: slice.position) }
        #expect(served.withUnsafeBytes { BatchHeader($0).baseOffset } == 1)
        #expect(served[8...] == batch[8...])
    }

    @Test func aBatchWithAWrongChecksumIsRefused() throws {
        let log = try LogFolder().open()
        var batch = PartitionLog.batch("k", "v")
        batch[batch.count - 1] ^= 1
        #expect(throws: ErrorCode.corruptMessage) { try batch.withUnsafeBytes { try log.append($0, now: 0) } }
        #expect(log.end == 0)
    }
}

/// A partition's folder that ends with the test.
private final class LogFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "dcmms-log-\(UUID().uuidString)").path
    private let settings: LogSettings

    init(_ configuration: [String: String] = [:]) throws {
        settings = try LogSettings(configuration)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Opens the folder as a start of the broker does; background work is done at once.
    func open() throws -> PartitionLog {
        let recovered = try Recovery(directory: path)
        return PartitionLog(directory: path, settings: settings, recovered: recovered) { $0() }
    }
}

extension PartitionLog {
    fileprivate static func batch(
        _ key: String,
        _ value: String?,
        timestamp: Int64 = 0,
        producer: BatchBuilder.Producer = .init(),
        transactional: Bool = false
    ) -> [UInt8] {
        var builder = BatchBuilder(timestamp: timestamp)
        builder.add(key: Array(key.utf8), value: value.map { Array($0.utf8) })
        return builder.batch(producer: producer, attributes: transactional ? 0b1_0000 : 0)
    }

    @discardableResult
    fileprivate func append(
        _ key: String,
        _ value: String?,
        timestamp: Int64 = 0,
        producer: BatchBuilder.Producer = .init(),
        transactional: Bool = false
    ) throws -> Int64 {
        let batch = Self.batch(key, value, timestamp: timestamp, producer: producer, transactional: transactional)
        return try batch.withUnsafeBytes { try append($0, now: timestamp) }
    }

    /// As a consumer reads: slice after slice.
    fileprivate func values(from first: Int64) throws -> [String] {
        var (offset, values) = (first, [String]())
        while let slice = try slice(from: offset, below: end, maxBytes: 500) {
            var scan = BatchScan(slice.file, from: slice.position, to: slice.position + slice.count)
            var chain = BatchChain(base: 0, gapsAllowed: true)
            let end = slice.position + slice.count
            while let header = try scan.header(), header.size <= end - scan.position {
                try scan.next(&chain) { header, batch in
                    try Record.forEach(in: batch) { record in
                        guard record.offset >= offset, let value = record.value, !header.isControl else { return }
                        values.append(String(decoding: batch[value], as: UTF8.self))
                    }
                }
                offset = header.lastOffset + 1
            }
        }
        return values
    }

    fileprivate func forEachRecord(_ body: (String, String?) -> Void) throws {
        try segments.forEachBatch { header, batch in
            guard !header.isControl else { return }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                body(
                    String(decoding: batch[key], as: UTF8.self),
                    record.value.map { String(decoding: batch[$0], as: UTF8.self) }
                )
            }
        }
    }

    /// What a reader of a state topic ends up with.
    fileprivate func contents() throws -> [String: String?] {
        var state: [String: String?] = [:]
        try forEachRecord { state[$0] = .some($1) }
        return state
    }

    fileprivate func compact() throws {
        guard let compaction = compaction(now: 2) else { return }
        try checkpointing(now: 2)()  // as the node does
        try finish(try compaction.run())
    }
}
