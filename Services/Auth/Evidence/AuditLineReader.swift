import EventSchema
import Foundation
import Identifiers

/// Reads the members of an ``AuditLine`` in their order. Each function returns `nil` when something else is there.
struct AuditLineReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func skip(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard bytes.count - position >= count, memcmp(bytes.baseAddress! + position, expected.utf8Start, count) == 0
        else { return false }
        position += count
        return true
    }

    mutating func number() -> Int64? {
        var number: Int64 = 0
        let start = position
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            guard !isTooLarge, tens <= Int64.max - Int64(digit) else { return nil }
            number = tens + Int64(digit)
            position += 1
        }
        return position > start ? number : nil
    }

    mutating func text() -> String? {
        guard skip("\"") else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(validating: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        }
        return escapedText(Array(bytes[start..<position]))
    }

    private mutating func escapedText(_ beginning: [UInt8]) -> String? {
        var text = beginning
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte != UInt8(ascii: "\"") else { return String(validating: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            if skip("\"") {
                text.append(UInt8(ascii: "\""))
            } else if skip("\\") {
                text.append(UInt8(ascii: "\\"))
            } else if skip("u00"), let control = hexByte(), control < 0x20 {
                text.append(control)
            } else {
                return nil
            }
        }
        return nil
    }

    /// A text, or `.some(nil)` for null.
    mutating func optionalText() -> String?? {
        if skip("null") { return .some(nil) }
        guard let text = text() else { return nil }
        return .some(text)
    }

    mutating func id<Kind>() -> Identifier<Kind>? {
        // 36 letters in quotes, and no escapes.
        guard skip("\""), bytes.count - position >= 37 else { return nil }
        var uuid: [UInt8] = []
        uuid.reserveCapacity(16)
        for place in 0..<20 {
            if [4, 7, 10, 13].contains(place) {
                guard skip("-") else { return nil }
            } else {
                guard let byte = hexByte() else { return nil }
                uuid.append(byte)
            }
        }
        guard skip("\"") else { return nil }
        return Identifier(uuid.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) })
    }

    mutating func optionalID<Kind>() -> Identifier<Kind>?? {
        if skip("null") { return .some(nil) }
        guard let id: Identifier<Kind> = id() else { return nil }
        return .some(id)
    }

    mutating func time() -> Date? { text().flatMap(Date.init(toTheMicrosecond:)) }

    mutating func hash() -> [UInt8]? {
        guard skip("\"") else { return nil }
        var hash: [UInt8] = []
        hash.reserveCapacity(32)
        for _ in 0..<32 {
            guard let byte = hexByte() else { return nil }
            hash.append(byte)
        }
        return skip("\"") ? hash : nil
    }

    /// Everything but the brace at the end.
    mutating func rest() -> String? {
        guard bytes.count > position, bytes[bytes.count - 1] == UInt8(ascii: "}") else { return nil }
        return String(validating: UnsafeBufferPointer(rebasing: bytes[position..<bytes.count - 1]), as: UTF8.self)
    }

    /// Two digits, in lower case.
    private mutating func hexByte() -> UInt8? {
        guard bytes.count - position >= 2, let high = Self.digit(bytes[position]),
            let low = Self.digit(bytes[position + 1])
        else { return nil }
        position += 2
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
