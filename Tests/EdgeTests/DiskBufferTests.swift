import EventSchema
import Foundation
import TestSupport
import Testing

@testable import Edge

/// What an agent keeps on disk. Dropping a buffer without closing it has the same effect as a kill: everything is on disk, and
/// nothing only in memory.
@Suite struct DiskBufferTests {
    @Test func unconfirmedBatchesSurviveAKillInTheirOrder() throws {
        try withFolder { folder in
            let (session, payload) = try open(folder) { buffer in
                for number in 1...12 as ClosedRange<Int64> { #expect(try buffer.append([reading(number)]) == number) }
                #expect(try buffer.confirm([2, 5, 99]) == 2)
                return (buffer.session, try #require(try buffer.payload(11)))
            }
            try open(folder) { buffer in
                #expect(buffer.session == session)
                // The order is numeric, not by file name: 10 comes after 9.
                #expect(buffer.pending == [1, 3, 4, 6, 7, 8, 9, 10, 11, 12])
                #expect(try buffer.payload(11) == payload)
                var decoder = TelemetryDecoder()
                let batch = try decoder.batch(payload)
                #expect((batch.session, batch.sequence, batch.readings) == (session, 11, [reading(11)]))
                let number = try buffer.append([reading(13)])
                #expect(number == 13)
            }
        }
    }

    @Test func onlyAConfirmationDeletesBatches() throws {
        try withFolder { folder in
            try open(folder) { buffer in
                try fill(&buffer, 1...3)
                _ = try buffer.payload(1)
                #expect(try buffer.confirm([]) == 0)
                #expect(try batches(folder).count == 3)
                #expect(try buffer.confirm([1, 1, 2]) == 2)
                #expect(try buffer.confirm([1]) == 0)
            }
            try open(folder) { #expect($0.pending == [3]) }
        }
    }

    @Test func noNumberIsUsedTwice() throws {
        try withFolder { folder in
            try open(folder) { buffer in
                try fill(&buffer, 1...3)
                // The highest number is deleted first, and then everything. After that, only the session's file shows how far it
                // got.
                _ = try buffer.confirm([3])
            }
            try open(folder) { buffer in
                #expect(buffer.next == 4)
                try fill(&buffer, 4...4)
                _ = try buffer.confirm([1, 2, 4])
            }
            try open(folder) { buffer in
                #expect(buffer.pending.isEmpty)
                let number = try buffer.append([reading(5)])
                #expect(number == 5)
            }
        }
    }

    @Test func aTornBatchIsDroppedAndItsNumberIsNotReused() throws {
        try withFolder { folder in
            let whole = try open(folder) { buffer in
                try fill(&buffer, 1...3)
                return try #require(try buffer.payload(3))
            }
            try Data(whole.dropLast(3)).write(to: URL(fileURLWithPath: "\(folder)/3.batch"))
            try Data().write(to: URL(fileURLWithPath: "\(folder)/2.batch"))
            try open(folder) { buffer in
                #expect(buffer.pending == [1])
                #expect(buffer.torn == [2, 3])
            }
            // The cloud may have received the torn batches, and only the session's file still knows their numbers.
            try open(folder) { buffer in
                #expect(buffer.torn.isEmpty)
                let number = try buffer.append([reading(4)])
                #expect(number == 4)
            }
        }
    }

    /// If the disk fails to read, no data is dropped: the agent does not start.
    @Test func anUnreadableBatchIsNotTreatedAsTorn() throws {
        try withFolder { folder in
            try open(folder) { try fill(&$0, 1...1) }
            let file = "\(folder)/1.batch"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            try FileManager.default.removeItem(atPath: file)
            // A folder can be opened, but reading it as a file always fails, even for root.
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            #expect(throws: (any Error).self) { try DiskBuffer(directory: folder) }
            try FileManager.default.removeItem(atPath: file)
            try bytes.write(to: URL(fileURLWithPath: file))
            try open(folder) { #expect($0.pending == [1]) }
        }
    }

    @Test func losingTheSessionFileLosesNoReadingsAndReusesNoNumbers() throws {
        try withFolder { folder in
            let session = try open(folder) { buffer in
                try fill(&buffer, 1...5)
                _ = try buffer.confirm([4, 5])
                return buffer.session
            }
            try Data("torn".utf8).write(to: URL(fileURLWithPath: "\(folder)/session"))
            for _ in 0..<2 {
                try open(folder) { buffer in
                    #expect(buffer.session == session)
                    #expect(buffer.pending == [1, 2, 3])
                    #expect(buffer.next > 5)
                }
            }
        }
    }

    /// If no trace of the earlier numbers is left, a new session must begin.
    @Test func anEmptyFolderBeginsANewSession() throws {
        try withFolder { folder in
            let session = try open(folder) { buffer in
                try fill(&buffer, 1...2)
                _ = try buffer.confirm([1, 2])
                return buffer.session
            }
            try FileManager.default.removeItem(atPath: "\(folder)/session")
            try open(folder) { #expect($0.session != session) }
        }
    }

    @Test func aSecondAgentOnTheSameFolderIsRefused() throws {
        try withFolder { folder in
            try open(folder) { buffer in
                #expect(throws: Folder.Taken.self) { try DiskBuffer(directory: folder) }
                try fill(&buffer, 1...1)
            }
            try open(folder) { #expect($0.pending == [1]) }
        }
    }

    /// As a program has it that another thread starts, between fork and exec.
    @Test func aFolderIsFreeWhenItsAgentHasEndedThoughAnotherStillHasTheFile() throws {
        try withFolder { folder in
            var copy: CInt = -1
            defer { close(copy) }
            try open(folder) { _ in
                let lock = URL(fileURLWithPath: "\(folder)/lock").resolvingSymlinksInPath().path
                let own = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").first {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == lock
                }
                copy = dup(try #require(own.flatMap { CInt($0) }))
            }
            #expect(copy >= 0)
            try open(folder) { #expect($0.pending == []) }
        }
    }

    @Test func aFileLeftByAnInterruptedWriteIsNotABatch() throws {
        try withFolder { folder in
            try open(folder) { try fill(&$0, 1...1) }
            try Data([1, 2]).write(to: URL(fileURLWithPath: "\(folder)/2.batch.new"))
            try open(folder) { buffer in
                #expect(buffer.pending == [1])
                let number = try buffer.append([reading(2)])
                #expect(number == 2)
            }
            #expect(try batches(folder) == ["1.batch", "2.batch"])
        }
    }

    /// One file is already gone, and one can't be removed: the others are removed, and the next attempt removes everything.
    @Test func aConfirmationThatFailsHalfwayCanBeRepeated() throws {
        try withFolder { folder in
            try open(folder) { buffer in
                try fill(&buffer, 1...4)
                try FileManager.default.removeItem(atPath: "\(folder)/1.batch")
                let stubborn = "\(folder)/2.batch"
                try FileManager.default.removeItem(atPath: stubborn)
                try FileManager.default.createDirectory(atPath: stubborn, withIntermediateDirectories: false)
                #expect(throws: Folder.Failure.self) { try buffer.confirm([1, 2, 3]) }
                #expect(buffer.pending == [2, 4])
                try FileManager.default.removeItem(atPath: stubborn)
                #expect(try buffer.confirm([1, 2, 3]) == 1)
                #expect(buffer.pending == [4])
            }
        }
    }

    @Test func anOldUnconfirmedNumberBlocksNewNumbers() throws {
        try withFolder { folder in
            try open(folder) { buffer in
                for number in 1...256 as ClosedRange<Int64> {
                    #expect(!buffer.isFull)
                    _ = try buffer.append([reading(number)])
                }
                #expect(buffer.isFull)
                // All except the oldest are confirmed. If 257 were sent now, the cloud would later treat 1 as a duplicate.
                _ = try buffer.confirm(Array(2...256))
                #expect(buffer.isFull)
                _ = try buffer.confirm([1])
                #expect(!buffer.isFull)
            }
        }
    }

    // MARK: - Steps

    private func reading(_ number: Int64) -> Reading {
        Reading(asset: "INV-2", tag: "ac_power", timestamp: number, value: Double(number), quality: .good)
    }

    private func fill(_ buffer: inout DiskBuffer, _ numbers: ClosedRange<Int64>) throws {
        for number in numbers { _ = try buffer.append([reading(number)]) }
    }

    private func batches(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".batch") }.sorted()
    }

    /// One run of an agent.
    private func open<Value>(_ folder: String, _ body: (inout DiskBuffer) throws -> Value) throws -> Value {
        var buffer = try DiskBuffer(directory: folder)
        return try body(&buffer)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = TestServers.directory.appending(path: "edge-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
