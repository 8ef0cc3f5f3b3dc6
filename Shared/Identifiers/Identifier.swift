import Crypto
public import Foundation
import Instants

/// A UUID that knows what it identifies.
///
/// Two identifiers of different kinds never compare or convert; on every wire (JSON, Avro, SQL) an identifier is a plain
/// lower-case UUID. The kinds are listed in `Registry.swift`.
public struct Identifier<Kind>: Hashable, Sendable {
    /// The bare UUID.
    public let rawValue: UUID

    /// Wraps an existing UUID, for example one read from a database.
    public init(_ rawValue: UUID) {
        self.rawValue = rawValue
    }

    /// A new, time-ordered identifier (UUID version 7, RFC 9562): neighbours in time are neighbours in an index.
    public static func new() -> Identifier {
        Identifier(.v7(at: Date()))
    }
}

extension Identifier: LosslessStringConvertible {
    /// The UUID in lower case, as PostgreSQL and RFC 9562 write it.
    public var description: String {
        rawValue.lowercase
    }

    /// Parses a UUID in either case; `nil` if the text is anything else.
    public init?(_ description: String) {
        guard let uuid = UUID(uuidString: description) else { return nil }
        self.init(uuid)
    }
}

extension Identifier: Codable {
    /// Decodes the text form; anything but a UUID is a `DecodingError.dataCorrupted` at the field's path.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = Identifier(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a UUID")
        }
        self = identifier
    }

    /// Encodes the text form, so that JSON and Avro (logical type `uuid` over `string`) carry the same letters.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UUID {
    /// The UUID in lower case, as PostgreSQL and RFC 9562 write it.
    public var lowercase: String {
        String(unsafeUninitializedCapacity: 36) { text in
            writeLowercase(to: text)
            return 36
        }
    }

    /// Writes the UUID in lower case, as PostgreSQL and RFC 9562 do, over 36 bytes.
    public func writeLowercase(to text: UnsafeMutableBufferPointer<UInt8>) {
        func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        }
        var position = 0
        withUnsafeBytes(of: uuid) { bytes in
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                text[position] = digit(byte >> 4)
                text[position + 1] = digit(byte & 0xF)
                position += 2
            }
        }
    }
}

extension UUID {
    /// A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits.
    public static func v7(at date: Date) -> UUID {
        let microseconds = (date.microsecondsSince2001 ?? 0) + Date.secondsFrom1970To2001 * 1_000_000
        let milliseconds = UInt64(max(0, microseconds) / 1000)
        var random = SystemRandomNumberGenerator()
        let high = (milliseconds << 16) | 0x7000 | (random.next() & 0x0FFF)
        let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }
}

extension UUID {
    /// A UUID of version 8 (RFC 9562, section 5.8) that follows from a name alone: the first 128 bits of its SHA-256. For
    /// things that must have the same id whenever and wherever they are found.
    public static func v8(hashing name: String) -> UUID {
        var bytes = Array(SHA256.hash(data: Data(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
