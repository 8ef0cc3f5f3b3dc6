import Foundation
import Identifiers
import Postgres

extension AuditVerifier {
    /// An event has at most a megabyte, which escapes can make six times as long.
    private static let longestLine = 16 << 20

    /// Checks the lines of an export, without holding more than a part of it.
    mutating func check(linesOf file: FileHandle) throws {
        var buffer: [UInt8] = []
        var number: Int64 = 0
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            buffer.append(contentsOf: chunk)
            let used = try check(linesIn: buffer, &number)
            buffer.removeFirst(used)
            guard buffer.count <= Self.longestLine else { throw Fault.unreadable(line: number + 1) }
        }
        // Every line ends with a line feed: the last one was cut off.
        guard buffer.isEmpty else { throw Fault.unreadable(line: number + 1) }
    }

    /// - Returns: How many bytes the whole lines have.
    private mutating func check(linesIn buffer: [UInt8], _ number: inout Int64) throws(Fault) -> Int {
        var start = 0
        while start < buffer.count {
            let line = buffer.withUnsafeBufferPointer { bytes -> (end: Int, line: AuditLine?)? in
                guard let end = memchr(bytes.baseAddress! + start, 0x0A, bytes.count - start) else { return nil }
                let length = UnsafeRawPointer(end) - UnsafeRawPointer(bytes.baseAddress! + start)
                return (start + length, AuditLine(UnsafeBufferPointer(rebasing: bytes[start..<start + length])))
            }
            guard let line else { break }
            number += 1
            guard let entry = line.line else { throw .unreadable(line: number) }
            try check(entry)
            start = line.end + 1
        }
        return start
    }

    /// Verifies a chain in the database up to its end, as it is now.
    static func verify(_ tenant: TenantID?, in database: Database, key: String? = nil) async throws -> AuditVerifier {
        let reader = AuditReader(database: database)
        let checkpoints = try await AuditCheckpoints.list(database, of: tenant, limit: 100_000)
            .map { try CheckpointFile.verified($0, key: key) }
        let cut = try await AuditCuts.list(database, of: tenant, limit: 1).first.map {
            try CutFile.verified($0, key: key)
        }
        // After the checkpoints: it can't be behind them.
        let head = try await reader.head(of: tenant)
        var verifier = try AuditVerifier(
            tenant,
            after: cut,
            checkpoints: checkpoints.filter { $0.entries <= head.entries }
        )
        while verifier.head.entries < head.entries {
            let lines = try await reader.lines(of: tenant, after: verifier.head.entries, upTo: head.entries)
            guard !lines.isEmpty else { throw Fault.truncated(from: verifier.head.entries + 1, to: head.entries) }
            for line in lines { try verifier.check(line) }
        }
        try verifier.finish()
        // A head that is behind a checkpoint was set back, with the entries behind it.
        if let last = checkpoints.max(by: { $0.entries < $1.entries }), last.entries > head.entries {
            throw Fault.truncated(from: head.entries + 1, to: last.entries)
        }
        guard verifier.head.hash == head.hash else { throw Fault.changed(id: head.entries) }
        return verifier
    }
}
