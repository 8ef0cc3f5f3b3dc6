import EventSchema
import Foundation
import Identifiers
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// What is done to a log afterwards is found, and where it was done.
@Suite struct AuditVerificationTests {
    private static let count = 12

    /// A chain, a checkpoint at its end and one in its middle.
    private static let (lines, checkpoints) = chain(count)

    static func chain(_ count: Int) -> (lines: [AuditLine], checkpoints: [AuditCheckpoint]) {
        var head = AuditHead.start
        var lines: [AuditLine] = []
        for number in 1...count {
            var entry = AuditRecorded.sample(number)
            if number.isMultiple(of: 3) { entry.userAgent = "A \"quoted\" \\ agent\t\u{1}é" }
            let record = AuditRecord(entry, .new(), after: head, at: .noon + Double(number) + 0.000_001)
            let hash = AuditChain.hash(record, after: head.hash)
            head = AuditHead(entries: record.id, hash: hash, recordedAt: record.recordedAt)
            lines.append(AuditLine(record: record, hash: hash))
        }
        let checkpoints = [count / 2, count].filter { $0 > 0 }.map {
            AuditCheckpoint(tenant: .sunfield, entries: Int64($0), hash: lines[$0 - 1].hash, at: .noon, kid: "k")
        }
        return (lines, checkpoints)
    }

    private static func fault(_ lines: [AuditLine], _ checkpoints: [AuditCheckpoint] = checkpoints)
        -> AuditVerifier.Fault?
    {
        do throws(AuditVerifier.Fault) {
            var verifier = try AuditVerifier(.sunfield, checkpoints: checkpoints)
            for line in lines { try verifier.check(line) }
            try verifier.finish()
            return nil
        } catch {
            return error
        }
    }

    /// All hashes made anew from an entry on, as somebody would who knows how they are made.
    private static func rehashed(_ lines: [AuditLine]) -> [AuditLine] {
        var previous = AuditHead.start.hash
        return lines.enumerated().map { index, line in
            var line = line
            line.record.id = Int64(index + 1)
            line.hash = AuditChain.hash(line.record, after: previous)
            previous = line.hash
            return line
        }
    }

    @Test func anIntactChainIsConfirmedToItsLastCheckpoint() throws {
        #expect(Self.fault(Self.lines) == nil)
        var verifier = try AuditVerifier(.sunfield, checkpoints: [Self.checkpoints[0]])
        for line in Self.lines { try verifier.check(line) }
        try verifier.finish()
        #expect((verifier.head.entries, verifier.confirmed) == (12, 6))
    }

    @Test(arguments: 0..<count) func anEditedEntryIsFound(_ index: Int) {
        let edits: [(inout AuditRecord) -> Void] = [
            { $0.user = .bo }, { $0.user = nil }, { $0.service += "x" }, { $0.action += "x" }, { $0.resourceType = "" },
            { $0.resourceID = nil }, { $0.cause = "other" }, { $0.address = "::1" }, { $0.userAgent = "other" },
            { $0.changes = "{}" }, { $0.at += 0.000_001 }, { $0.recordedAt += 0.000_001 }, { $0.event = .new() },
        ]
        for edit in edits {
            var lines = Self.lines
            edit(&lines[index].record)
            #expect(Self.fault(lines) == .changed(id: Int64(index + 1)))
            // Rehashed, it is between two checkpoints.
            let isFirstHalf = index < 6
            #expect(
                Self.fault(Self.rehashed(lines))
                    == .checkpoint(after: isFirstHalf ? 0 : 6, entries: isFirstHalf ? 6 : 12)
            )
        }
        var lines = Self.lines
        lines[index].hash[0] ^= 1
        #expect(Self.fault(lines) == .changed(id: Int64(index + 1)))
        lines = Self.lines
        lines[index].record.tenant = .windward
        #expect(Self.fault(lines) == .otherTenant(id: Int64(index + 1)))
    }

    /// A text that moves from one column to the next one gives other bytes.
    @Test func theBordersOfValuesAreCovered() {
        var lines = Self.lines
        lines[0].record.service = "asset"
        lines[0].record.action = "sA1"
        #expect(Self.fault(lines) == .changed(id: 1))
    }

    @Test(arguments: 0..<count) func aDeletedEntryIsFound(_ index: Int) {
        var lines = Self.lines
        lines.remove(at: index)
        let id = Int64(index + 1)
        #expect(Self.fault(lines) == (index == 11 ? .truncated(from: 12, to: 12) : .missing(id: id, found: id + 1)))
        let rehashed = Self.fault(Self.rehashed(lines))
        #expect(
            rehashed == (index < 6 ? .checkpoint(after: 0, entries: 6) : .truncated(from: 12, to: 12))
        )
    }

    @Test(arguments: 0..<count) func aMovedEntryIsFound(_ index: Int) {
        for other in 0..<Self.count where other != index {
            var lines = Self.lines
            lines.swapAt(index, other)
            let (first, second) = (Int64(min(index, other) + 1), Int64(max(index, other) + 1))
            #expect(Self.fault(lines) == .missing(id: first, found: second))
            #expect(Self.fault(Self.rehashed(lines)) != nil)
        }
    }

    @Test(arguments: 0...count) func anInsertedEntryIsFound(_ index: Int) {
        let id = Int64(index + 1)
        // A copy of an entry.
        var lines = Self.lines
        lines.insert(Self.lines[max(index - 1, 0)], at: index)
        #expect(Self.fault(lines) == .repeated(id: max(id - 1, 1)))
        // A new one, with its right hash.
        lines = Self.lines
        let head = index == 0 ? AuditHead.start.hash : lines[index - 1].hash
        var forged = lines[max(index - 1, 0)]
        forged.record.id = id
        forged.record.event = .new()
        forged.hash = AuditChain.hash(forged.record, after: head)
        lines.insert(forged, at: index)
        let found = Self.fault(lines)
        switch index {
        case 5: #expect(found == .checkpoint(after: 0, entries: 6))
        case 11: #expect(found == .checkpoint(after: 6, entries: 12))
        // Behind the last checkpoint nothing is confirmed: it is a proper continuation.
        case 12: #expect(found == nil)
        default: #expect(found == .repeated(id: id))
        }
        if index < 12 { #expect(Self.fault(Self.rehashed(lines)) != nil) }
    }

    @Test(arguments: 0..<count) func aTruncatedLogIsFound(_ length: Int) {
        #expect(Self.fault(Array(Self.lines.prefix(length))) == .truncated(from: Int64(length + 1), to: 12))
        #expect(
            Self.fault(Array(Self.lines.suffix(length)))
                == (length == 0 ? .truncated(from: 1, to: 12) : .missing(id: 1, found: Int64(13 - length)))
        )
    }

    /// Entries 1 to 6, dropped when they were old enough.
    private static func cut(kid: String = "") -> AuditCut {
        AuditCut(
            tenant: .sunfield,
            entries: 6,
            hash: lines[5].hash,
            recordedAt: lines[5].record.recordedAt,
            at: .noon + 8 * 366 * 86_400,
            kid: kid
        )
    }

    @Test func aLogWhoseBeginningWasDroppedIsProvedFromTheCut() throws {
        var verifier = try AuditVerifier(.sunfield, after: Self.cut(), checkpoints: Self.checkpoints)
        for line in Self.lines.dropFirst(6) { try verifier.check(line) }
        try verifier.finish()
        #expect((verifier.begin, verifier.confirmed) == (6, 12))
        // Another hash than that of the checkpoint at the same place, and another tenant's.
        var (forged, foreign) = (Self.cut(), Self.cut())
        forged.hash[0] ^= 1
        foreign.tenant = .windward
        #expect(Self.fault(after: forged) == .changed(id: 7))
        #expect(Self.fault(after: foreign) == .otherTenant(id: 6))
    }

    private static func fault(after cut: AuditCut) -> AuditVerifier.Fault? {
        do throws(AuditVerifier.Fault) {
            var verifier = try AuditVerifier(.sunfield, after: cut, checkpoints: checkpoints)
            try verifier.check(lines[6])
            return nil
        } catch {
            return error
        }
    }

    /// An auditor's own program has to read it, so the form never changes; and no checkpoint passes for a cut.
    @Test func eachPartOfACutIsSigned() throws {
        let key = AuditKey.generate(at: .noon)
        let signed = try key.sign(Self.cut(kid: key.kid))
        #expect(signed.isGenuine && CutResponse(signed).signed == signed)
        for change in [
            { $0.cut.entries += 1 }, { $0.cut.hash[0] ^= 1 }, { $0.cut.tenant = .windward }, { $0.cut.tenant = nil },
            { $0.cut.at += 1 }, { $0.cut.recordedAt += 1 }, { $0.signature[0] ^= 1 }, { $0.cut.kid = "" },
            { $0.publicKey[0] ^= 1 },
        ] as [(inout SignedCut) -> Void] {
            var other = signed
            change(&other)
            #expect(!other.isGenuine)
        }
        #expect(signed.cut.isDue)
        var early = signed.cut
        // Recorded in June 2026: July 2033 is the first time.
        early.at = try #require(Date(rfc3339: "2033-06-30T23:59:59.999Z"))
        #expect(!early.isDue)
        early.at = try #require(Date(rfc3339: "2033-07-01T00:00:00.000Z"))
        #expect(early.isDue)
    }

    // MARK: - Files

    @Test func aLineIsReadAsItWasWritten() throws {
        for line in Self.lines { try Self.isReadAsWritten(line) }
    }

    private static func isReadAsWritten(_ line: AuditLine) throws {
        var bytes: [UInt8] = []
        line.write(to: &bytes)
        #expect(bytes.withUnsafeBufferPointer { AuditLine(UnsafeBufferPointer(rebasing: $0.dropLast())) } == line)
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        #expect(object?["userAgent"] as? String == line.record.userAgent)
        #expect(object?["id"] as? Int64 == line.record.id)
        // Nothing that is a little different is read.
        for index in bytes.indices.dropLast() {
            for change in [UInt8(0x01), 0x20] {
                var other = bytes
                other[index] ^= change
                let read = other.withUnsafeBufferPointer { AuditLine(UnsafeBufferPointer(rebasing: $0.dropLast())) }
                #expect(read != line, "byte \(index)")
            }
        }
    }

    @Test func theProgramVerifiesAFile() async throws {
        let folder = TestServers.directory.appending(path: "verify-audit")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = AuditKey.generate(at: .noon)
        var checkpoint = Self.checkpoints[1]
        checkpoint.kid = key.kid
        let signed = try key.sign(checkpoint)
        func write(_ lines: [AuditLine], _ signed: SignedCheckpoint) throws -> [String] {
            var bytes: [UInt8] = []
            for line in lines { line.write(to: &bytes) }
            let (log, file) = (folder.appending(path: "log.jsonl"), folder.appending(path: "checkpoint.json"))
            try Data(bytes).write(to: log)
            try Data(CheckpointResponse(signed).encoded().body).write(to: file)
            return [log.path, "--checkpoint", file.path]
        }
        let good = try run(write(Self.lines, signed) + ["--key", key.kid])
        #expect(good.status == 0)
        #expect(
            good.output.contains(
                "intact: 12 entries of tenant \(TenantID.sunfield), of which a signed checkpoint confirms 12"
            )
        )
        let other = try run(write(Self.lines, signed) + ["--key", "00"])
        #expect((other.status, other.output.contains("another key")) == (1, true))
        var edited = Self.lines
        edited[4].record.action = "B"
        let wrong = try run(write(edited, signed))
        #expect((wrong.status, wrong.output.contains("not intact: entry 5 was changed")) == (1, true))
        // Somebody who makes all hashes anew needs another checkpoint too, and can't sign it.
        edited = Self.rehashed(edited)
        var forged = signed
        forged.checkpoint.hash = edited[11].hash
        let unsigned = try run(write(edited, forged))
        #expect(
            (unsigned.status, unsigned.output.contains("the signature of the checkpoint at 12 is wrong")) == (1, true)
        )
        let arguments = try write(Self.lines, signed)
        let text = try String(contentsOfFile: arguments[0], encoding: .utf8)
        try text.dropLast(1).write(toFile: arguments[0], atomically: true, encoding: .utf8)
        #expect(try run(arguments).output.contains("line 12 is no entry") == true)
        #expect(try run([arguments[0]]).status == 64)
        // What is left after the first six were dropped, with the cut and without it.
        let rest = try write(Array(Self.lines.dropFirst(6)), signed)
        let file = folder.appending(path: "cut.json")
        let cut = try key.sign(Self.cut(kid: key.kid))
        try Data(CutResponse(cut).encoded().body).write(to: file)
        let proved = try run(rest + ["--after", file.path, "--key", key.kid])
        #expect((proved.status, proved.output.contains("the first 6 were dropped after 7 years")) == (0, true))
        #expect(try run(rest).output.contains("not intact: entry 1 is missing"))
        var moved = cut
        moved.cut.entries = 7
        moved.cut.hash = Self.lines[6].hash
        try Data(CutResponse(moved).encoded().body).write(to: file)
        let found = try run(write(Array(Self.lines.dropFirst(7)), signed) + ["--after", file.path])
        #expect((found.status, found.output.contains("the signature of the cut at 7 is wrong")) == (1, true))
        // A checkpoint is no cut.
        #expect(try run(rest + ["--after", rest[2]]).status == 1)
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: Executables.path("dcmms-auth"))
        process.arguments = ["verify-audit"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
