import Foundation
import Testing

@testable import Broker

/// What compaction keeps and what it removes, in a log without a network.
@Suite struct CompactionTests {
    @Test func compactionKeepsTheLastValueOfEveryKeyAtItsOffset() throws {
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
        #expect(state["k3"] == .some(nil))  // a tombstone is kept for one more round
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

    @Test func compactionDropsAbortedRecordsAndKeepsOpenTransactions() throws {
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

    @Test func anAbortedCompressedBatchIsRemoved() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0"])
        let log = try folder.open()
        // Only the codec's number counts here: nobody unpacks.
        var builder = BatchBuilder(timestamp: 1)
        builder.add(key: Array("k".utf8), value: [1])
        let batch = builder.batch(producer: .init(id: 1, epoch: 0, sequence: 0), attributes: 0b1_0001)
        _ = try batch.withUnsafeBytes { try log.append($0, now: 1) }
        try log.appendMarker(commit: false, producerID: 1, epoch: 0, now: 1)
        // The producer's last batch stays, but empty and not marked as compressed, so that no client tries to unpack it. Then
        // it is removed.
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

    @Test func aTombstoneStaysIfACompressedBatchMayContainItsKey() throws {
        for hasCompressed in [false, true] {
            let folder = try LogFolder([
                "cleanup.policy": "compact", "segment.bytes": "4096", "delete.retention.ms": "0",
            ])
            let log = try folder.open()
            if hasCompressed {
                // Only the codec's number counts here: nobody unpacks.
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

    @Test func markersAreRemovedWithTheirRecordsAndAbortMarkersWhenNoReaderNeedsThem() throws {
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
        // First the records and the entries about the abort are removed, then the marker: a reader never looks for a missing
        // marker.
        #expect(found.map(\.told) == [[], []])
        #expect(found.map(\.markers) == [[1], []])
    }

    @Test func aCompactedLogWithoutItsCheckpointStillKnowsEveryProducersSequence() throws {
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

    /// However little is new, and though nothing more comes.
    @Test func aReplacedRecordIsGoneWithinTheLongestLag() throws {
        let folder = try LogFolder([
            "cleanup.policy": "compact", "max.compaction.lag.ms": "1000", "min.cleanable.dirty.ratio": "1",
        ])
        let log = try folder.open()
        for number in 0..<50 { try log.append("other \(number)", "v", timestamp: 100) }
        try log.sealOverdue(now: 2000)
        try log.finish(try #require(log.compaction(now: 2000)).run())
        try log.append("anna", "her name", timestamp: 5000)
        try log.append("anna", "erased", timestamp: 5100)
        try log.sealOverdue(now: 5900)
        #expect(log.compaction(now: 5900) == nil)
        func values() throws -> [String?] {
            var values: [String?] = []
            try log.forEachRecord { key, value in if key == "anna" { values.append(value) } }
            return values
        }
        #expect(try values() == ["her name", "erased"])
        try log.sealOverdue(now: 6001)
        try log.finish(try #require(log.compaction(now: 6001)).run())
        #expect(try values() == ["erased"] && log.contents().count == 51)
        // What is compacted is not compacted again.
        try log.sealOverdue(now: 9000)
        #expect(log.compaction(now: 9000) == nil)
    }

    @Test func anInterruptedCompactionIsCleanedUp() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k\(number % 5)", "v\(number)", timestamp: 1) }
        try log.roll(now: 1)
        let before = try log.contents()
        // Killed after the first rename: the merged segment is beside the segments that were merged into it.
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

    /// Else it would ask for ever. The rewritten segment has lost its index to the kill, so the start scans it.
    @Test func afterAnInterruptedCompactionAReaderInAGapGetsTheNextSegment() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 {
            try log.append(number.isMultiple(of: 2) ? "k\(number)" : "k", "v\(number)", timestamp: 1)
        }
        try log.roll(now: 1)
        let result = try #require(log.compaction(now: 2)).run()
        try log.checkpointing(now: 2)()
        #expect(result.outputs.count > 1)
        let base = try #require(result.outputs.first).baseOffset
        unlink(Segment.path(folder.path, base, "index"))
        let path = Segment.path(folder.path, base, "log")
        #expect(rename(path + ".tmp", path) == 0)
        let again = try folder.open()
        let first = again.segments[0]
        #expect(try #require(first.last).offsets.upperBound < first.nextOffset, "no gap at the segment's end")
        for offset in 0..<again.end {
            let slice = try #require(try again.slice(from: offset, below: again.end, maxBytes: 1), "from \(offset)")
            var scan = BatchScan(slice.file, from: slice.position, to: slice.position + slice.count)
            let last = try #require(try scan.header()).lastOffset
            #expect(last >= offset, "the answer to a reader at \(offset) ends at \(last)")
        }
    }

    @Test func segmentsThatADeletionKeptFromCompactionAreCompactedTheNextTime() throws {
        let folder = try LogFolder(["cleanup.policy": "compact,delete", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k\(number % 5)", "v\(number)", timestamp: 1) }
        let result = try #require(log.compaction(now: 2)).run()
        log.advanceStart(to: log.segments[1].baseOffset)
        try log.finish(result)
        try log.compact()
        #expect(log.segments.count == 2)
    }

    @Test func aCompactionEndsWhenItIsNoLongerWanted() throws {
        let folder = try LogFolder(["cleanup.policy": "compact", "segment.bytes": "4096"])
        let log = try folder.open()
        for number in 0..<300 { try log.append("k", "v\(number)", timestamp: 1) }
        var compaction = try #require(log.compaction(now: 2))
        compaction.isWanted = { false }
        #expect(throws: CancellationError.self) { try compaction.run() }
    }
}
