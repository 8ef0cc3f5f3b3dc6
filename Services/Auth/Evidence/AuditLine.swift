import EventSchema
import Foundation
import Identifiers

/// An entry with its hash, as a line of an export: a JSON object whose members are in one order, so that reading is fast and strict.
struct AuditLine: Hashable, Sendable {
    var record: AuditRecord
    var hash: [UInt8]
}

extension AuditLine {
    /// Appends the line, with its line feed.
    func write(to bytes: inout [UInt8]) {
        func member(_ name: StaticString, _ value: String?) {
            bytes.append(name)
            guard let value else { return bytes.append("null") }
            bytes.append(quoted: value)
        }
        bytes.append("{\"id\":")
        bytes.append(contentsOf: String(record.id).utf8)
        member(",\"tenantId\":", record.tenant?.description)
        member(",\"recordedAt\":", record.recordedAt.toTheMicrosecond)
        member(",\"eventId\":", record.event.description)
        member(",\"userId\":", record.user?.description)
        member(",\"service\":", record.service)
        member(",\"action\":", record.action)
        member(",\"resourceType\":", record.resourceType)
        member(",\"resourceId\":", record.resourceID)
        member(",\"cause\":", record.cause)
        member(",\"address\":", record.address)
        member(",\"userAgent\":", record.userAgent)
        member(",\"at\":", record.at.toTheMicrosecond)
        member(",\"hash\":", hash.hex)
        bytes.append(",\"changes\":")
        // Last, and as it was published: what the hash covers ends where the line does.
        bytes.append(contentsOf: (record.changes ?? "null").utf8)
        bytes.append("}\n")
    }

    /// Reads a line, without its line feed.
    ///
    /// - Returns: `nil` when it is not one that ``write(to:)`` makes.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var reader = AuditLineReader(bytes)
        guard reader.skip("{\"id\":"), let id = reader.number(),
            reader.skip(",\"tenantId\":"), let tenant: TenantID? = reader.optionalID(),
            reader.skip(",\"recordedAt\":"), let recordedAt = reader.time(),
            reader.skip(",\"eventId\":"), let event: EventID = reader.id(),
            reader.skip(",\"userId\":"), let user: UserID? = reader.optionalID(),
            reader.skip(",\"service\":"), let service = reader.text(),
            reader.skip(",\"action\":"), let action = reader.text(),
            reader.skip(",\"resourceType\":"), let resourceType = reader.text(),
            reader.skip(",\"resourceId\":"), let resourceID = reader.optionalText(),
            reader.skip(",\"cause\":"), let cause = reader.optionalText(),
            reader.skip(",\"address\":"), let address = reader.optionalText(),
            reader.skip(",\"userAgent\":"), let userAgent = reader.optionalText(),
            reader.skip(",\"at\":"), let at = reader.time(),
            reader.skip(",\"hash\":"), let hash = reader.hash(),
            reader.skip(",\"changes\":"), let changes = reader.rest()
        else { return nil }
        self.hash = hash
        record = AuditRecord(
            tenant: tenant,
            id: id,
            recordedAt: recordedAt,
            event: event,
            user: user,
            service: service,
            action: action,
            resourceType: resourceType,
            resourceID: resourceID,
            cause: cause,
            address: address,
            userAgent: userAgent,
            changes: changes == "null" ? nil : changes,
            at: at
        )
    }
}

extension Date {
    /// As RFC 3339, with six digits of a second: what a hash covers is not rounded.
    var toTheMicrosecond: String {
        let rest = microseconds.quotientAndRemainder(dividingBy: 1000).remainder
        let ofMillisecond = rest < 0 ? rest + 1000 : rest
        let digits = String(ofMillisecond)
        return Date(microseconds: microseconds - ofMillisecond).rfc3339.dropLast()
            + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
    }

    /// - Returns: `nil` for what ``toTheMicrosecond`` does not write.
    init?(toTheMicrosecond text: String) {
        guard text.utf8.count == 27, text.hasSuffix("Z"), let rounded = Date(rfc3339: text),
            let rest = Int64(text.utf8.dropFirst(23).prefix(3).map { String(UnicodeScalar($0)) }.joined())
        else { return nil }
        self.init(microseconds: rounded.microseconds + rest)
    }
}

extension [UInt8] {
    var hex: String {
        String(unsafeUninitializedCapacity: count * 2) { text in
            for (index, byte) in enumerated() {
                for (offset, digit) in [byte >> 4, byte & 0xF].enumerated() {
                    text[index * 2 + offset] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                }
            }
            return count * 2
        }
    }

    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A JSON string. Only quotes, backslashes and control characters are escaped.
    fileprivate mutating func append(quoted text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0..<0x20:
                append("\\u00")
                append(contentsOf: [byte].hex.utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
