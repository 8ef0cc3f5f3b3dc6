import EventSchema
import Foundation
import TestSupport
import Testing

@testable import Edge

/// What an agent keeps on disk. Letting go of a buffer without closing it is what a kill does: there is nothing in memory that
/// is not on disk.
@Suite struct DiskBufferTests {
    @Test func whatIsNotConfirmedIsThereAfterAKillInItsOrder() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            let session = buffer.session
            for number in 1...12 as ClosedRange<Int64> { #expect(try buffer.append([Self.reading(number)]) == number) }
            #expect(try buffer.confirm([2, 5, 99]) == 2)
            let payload = try buffer.payload(11)

            buffer = try DiskBuffer(directory: folder)
            #expect(buffer.session == session)
            // Numbers, not names: 10 comes after 9.
            #expect(buffer.pending == [1, 3, 4, 6, 7, 8, 9, 10, 11, 12])
            #expect(try buffer.payload(11) == payload)
            var decoder = TelemetryDecoder()
            let batch = try decoder.batch(payload)
            #expect((batch.session, batch.sequence, batch.readings) == (session, 11, [Self.reading(11)]))
            #expect(try buffer.append([Self.reading(13)]) == 13)
        }
    }

    @Test func onlyAConfirmationTrims() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            for number in 1...3 as ClosedRange<Int64> { _ = try buffer.append([Self.reading(number)]) }
            _ = try buffer.payload(1)
            #expect(try buffer.confirm([]) == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".batch") }.count == 3
            )
            #expect(try buffer.confirm([1, 1, 2]) == 2)
            #expect(try buffer.confirm([1]) == 0)
            #expect(try DiskBuffer(directory: folder).pending == [3])
        }
    }

    @Test func noNumberIsGivenOutTwice() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            for number in 1...3 as ClosedRange<Int64> { _ = try buffer.append([Self.reading(number)]) }
            // The highest goes first, and then everything: nothing on disk shows how far it went but the session's file.
            _ = try buffer.confirm([3])
            buffer = try DiskBuffer(directory: folder)
            #expect(buffer.next == 4)
            _ = try buffer.append([Self.reading(4)])
            _ = try buffer.confirm([1, 2, 4])
            buffer = try DiskBuffer(directory: folder)
            #expect(buffer.pending.isEmpty)
            #expect(try buffer.append([Self.reading(5)]) == 5)
        }
    }

    @Test func aTornPublishIsDroppedAndHoldsUpNoOther() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            for number in 1...3 as ClosedRange<Int64> { _ = try buffer.append([Self.reading(number)]) }
            let whole = try buffer.payload(3)
            try Data(whole.dropLast(3)).write(to: URL(fileURLWithPath: "\(folder)/3.batch"))
            try Data().write(to: URL(fileURLWithPath: "\(folder)/2.batch"))
            buffer = try DiskBuffer(directory: folder)
            #expect(buffer.pending == [1])
            #expect(buffer.torn == [2, 3])
            // The cloud may have had the torn one: its number is spent.
            #expect(try buffer.append([Self.reading(4)]) == 4)
            #expect(try DiskBuffer(directory: folder).torn.isEmpty)
        }
    }

    @Test func aLostSessionFileLosesNoReadingAndReusesNoNumber() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            let session = buffer.session
            for number in 1...5 as ClosedRange<Int64> { _ = try buffer.append([Self.reading(number)]) }
            _ = try buffer.confirm([4, 5])
            try Data("torn".utf8).write(to: URL(fileURLWithPath: "\(folder)/session"))
            for _ in 0..<2 {
                buffer = try DiskBuffer(directory: folder)
                #expect(buffer.session == session)
                #expect(buffer.pending == [1, 2, 3])
                #expect(buffer.next > 5)
            }
        }
    }

    @Test func anOldNumberThatIsUnconfirmedHoldsBackNewOnes() throws {
        try withFolder { folder in
            var buffer = try DiskBuffer(directory: folder)
            for number in 1...256 as ClosedRange<Int64> {
                #expect(!buffer.isFull)
                _ = try buffer.append([Self.reading(number)])
            }
            #expect(buffer.isFull)
            // All but the oldest are through: the cloud would take 1 for a duplicate if 257 came before it.
            _ = try buffer.confirm(Array(2...256))
            #expect(buffer.isFull)
            _ = try buffer.confirm([1])
            #expect(!buffer.isFull)
        }
    }

    private static func reading(_ number: Int64) -> Reading {
        Reading(asset: "INV-2", tag: "ac_power", timestamp: number, value: Double(number), quality: .good)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = TestServers.directory.appending(path: "edge-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
