import Foundation
import Testing

@testable import Broker

/// The log on disk, without a network: what was appended is there after every kind of end.
@Suite struct PartitionLogTests {
    @Test func theChecksumIsCRC32C() {
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

    @Test func recordsAreReadFromAnyOffsetAcrossSegments() throws {
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

    @Test func zerosLeftByAMachineCrashAreCutOff() throws {
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
        // The producer is still known: a repeated batch gets its old offset.
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

    @Test func aLogShorterThanItsCheckpointIsRefused() throws {
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

    @Test func recordsWithoutATimeStampAgeFromWhenTheyWereWritten() throws {
        let folder = try LogFolder(["retention.ms": "1000000"])
        let log = try folder.open()
        try log.append("k", "v", timestamp: -1)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(try !log.applyRetention(now: now))
        #expect(try log.applyRetention(now: now + 2_000_000))
    }

    @Test func offsetsContinueWhenEverythingHasExpired() throws {
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
        // Deleted records are not found, in whichever segment the log now starts.
        for start in [3, 100, 198] as [Int64] {
            log.advanceStart(to: start)
            #expect(try log.firstRecord(atOrAfter: 0)?.offset == start)
            #expect(try log.firstRecord(atOrAfter: 1980)?.offset == 198)
        }
    }

    /// Everything except its place in the log: base offset, and the leader epoch after the length.
    @Test(arguments: [0, 1, 2, 3, 4] as [Int16]) func batchesAreServedByteForByte(codec: Int16) throws {
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
