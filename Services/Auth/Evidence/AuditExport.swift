import Commands
import Foundation
import Identifiers
import ServiceKit

/// The audit log as a file.
struct AuditExport: StreamedAnswer {
    enum Format: String, CaseIterable, Codable, Sendable {
        case jsonl
        case csv
    }

    static func content() -> AnswerContent { .either([.text("application/jsonl"), .text("text/csv")]) }

    let format: Format
    /// The entries behind this one, a batch at a time; none at the end.
    let entries: @Sendable (_ after: Int64) async throws -> [AuditLine]

    var headers: [String: String] {
        [
            "Content-Type": format == .jsonl ? "application/jsonl; charset=utf-8" : "text/csv; charset=utf-8",
            "Content-Disposition": "attachment; filename=\"audit.\(format.rawValue)\"",
        ]
    }

    func write(to send: ([UInt8]) async throws -> Void) async throws {
        if format == .csv { try await send(AuditLine.csvHead) }
        var last: Int64 = 0
        while true {
            let batch = try await entries(last)
            guard let end = batch.last else { return }
            last = end.record.id
            var bytes: [UInt8] = []
            for line in batch {
                if format == .jsonl { line.write(to: &bytes) } else { line.writeCSV(to: &bytes) }
            }
            try await send(bytes)
        }
    }
}

extension AuditLine {
    private static let columns = [
        "id", "tenantId", "recordedAt", "eventId", "userId", "service", "action", "resourceType", "resourceId", "cause",
        "address", "userAgent", "at", "hash", "changes",
    ]

    static let csvHead = Array((columns.joined(separator: ",") + "\n").utf8)

    /// Appends the entry as a line of comma-separated values (RFC 4180).
    func writeCSV(to bytes: inout [UInt8]) {
        let cells: [String?] = [
            "\(record.id)", record.tenant?.description, record.recordedAt.toTheMicrosecond, record.event.description,
            record.user?.description, record.service, record.action, record.resourceType, record.resourceID,
            record.cause, record.address, record.userAgent, record.at.toTheMicrosecond, hash.hex, record.changes,
        ]
        CSVLine.append(cells, to: &bytes)
    }
}
