import Foundation

/// The telemetry payloads, encoded and decoded without a schema at hand: the same bytes as ``EventCodec`` writes (a test holds
/// them together), many times faster. Safe on any input: lengths are checked before anything is allocated.
public enum TelemetryCodec {
    static let batchID: Int32 = 1
    static let receivedID: Int32 = 3

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.batch.v1`.
    public static func decodeBatch(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryBatch {
        try decode(bytes, batchID, "telemetry.batch.v1") { cursor throws(AvroError) in
            TelemetryBatch(
                session: try cursor.uuid(),
                sequence: try cursor.long(),
                readings: try cursor.array { cursor throws(AvroError) in
                    Reading(
                        asset: try cursor.string(),
                        tag: try cursor.string(),
                        timestamp: try cursor.long(),
                        value: try cursor.double(),
                        quality: try cursor.quality()
                    )
                }
            )
        }
    }

    /// The framed bytes of a batch.
    public static func encode(_ batch: TelemetryBatch) -> [UInt8] {
        var bytes = EventCodec.frame(batchID)
        bytes.reserveCapacity(64 + batch.readings.count * 64)
        bytes.append(avro: batch.session.uuidString.lowercased())
        bytes.append(zigZag: batch.sequence)
        if !batch.readings.isEmpty { bytes.append(zigZag: Int64(batch.readings.count)) }
        for reading in batch.readings {
            bytes.append(avro: reading.asset)
            bytes.append(reading.tag, reading.timestamp, reading.value, reading.quality)
        }
        bytes.append(0)
        return bytes
    }

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.received.v1`.
    public static func decodeReceived(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryReceived {
        try decode(bytes, receivedID, TelemetryReceived.name) { cursor throws(AvroError) in
            TelemetryReceived(
                site: try cursor.string(),
                asset: try cursor.string(),
                session: try cursor.uuid(),
                sequence: try cursor.long(),
                receivedAt: try cursor.long(),
                readings: try cursor.array { cursor throws(AvroError) in
                    TagReading(
                        tag: try cursor.string(),
                        timestamp: try cursor.long(),
                        value: try cursor.double(),
                        quality: try cursor.quality()
                    )
                }
            )
        }
    }

    /// The framed bytes of readings on their way into the log.
    public static func encode(_ received: TelemetryReceived) -> [UInt8] {
        var bytes = EventCodec.frame(receivedID)
        bytes.reserveCapacity(128 + received.readings.count * 48)
        bytes.append(avro: received.site)
        bytes.append(avro: received.asset)
        bytes.append(avro: received.session.uuidString.lowercased())
        bytes.append(zigZag: received.sequence)
        bytes.append(zigZag: received.receivedAt)
        if !received.readings.isEmpty { bytes.append(zigZag: Int64(received.readings.count)) }
        for reading in received.readings {
            bytes.append(reading.tag, reading.timestamp, reading.value, reading.quality)
        }
        bytes.append(0)
        return bytes
    }

    private static func decode<Value>(
        _ bytes: [UInt8],
        _ id: Int32,
        _ name: String,
        _ read: (inout Cursor) throws(AvroError) -> Value
    ) throws(EventDecodingError) -> Value {
        let (found, body) = try EventCodec.unframe(bytes)
        guard found == id else {
            guard let catalog = try? SchemaCatalog.committed.get(), let other = catalog[id: found] else {
                throw .unknownSchema(found)
            }
            throw .otherEvent(expected: name, found: other.name)
        }
        var cursor = Cursor(bytes: bytes, position: body.startIndex)
        do throws(AvroError) {
            let value = try read(&cursor)
            guard cursor.position == bytes.count else {
                throw .malformed(path: "the value", "bytes follow its end")
            }
            return value
        } catch {
            throw .value(error)
        }
    }

    /// A place in bytes.
    private struct Cursor {
        let bytes: [UInt8]
        var position: Int

        mutating func long() throws(AvroError) -> Int64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while position < bytes.count, shift < 64 {
                let byte = bytes[position]
                position += 1
                // The tenth byte has one bit left to give.
                guard shift < 63 || byte <= 1 else { break }
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
                shift += 7
            }
            throw .malformed(path: "byte \(position)", "it is no integer")
        }

        mutating func string() throws(AvroError) -> String {
            let count = try long()
            guard count >= 0, count <= bytes.count - position else {
                throw .malformed(path: "byte \(position)", "a text of \(count) bytes can't be here")
            }
            let end = position + Int(count)
            guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
                throw .malformed(path: "byte \(position)", "it is not UTF-8")
            }
            position = end
            return text
        }

        mutating func uuid() throws(AvroError) -> UUID {
            guard let uuid = UUID(uuidString: try string()) else {
                throw .malformed(path: "byte \(position)", "it is no UUID")
            }
            return uuid
        }

        mutating func double() throws(AvroError) -> Double {
            guard bytes.count - position >= 8 else {
                throw .malformed(path: "byte \(position)", "the bytes end too early")
            }
            let word = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt64.self) }
            position += 8
            return Double(bitPattern: UInt64(littleEndian: word))
        }

        mutating func quality() throws(AvroError) -> Quality {
            let index = try long()
            switch index {
            case 0: return .good
            case 1: return .uncertain
            case 2: return .bad
            default: throw .malformed(path: "byte \(position)", "\(index) is no quality")
            }
        }

        mutating func array<Element>(
            _ element: (inout Cursor) throws(AvroError) -> Element
        ) throws(AvroError) -> [Element] {
            var elements: [Element] = []
            while true {
                var count = try long()
                if count == 0 { return elements }
                if count < 0 {
                    count = count == Int64.min ? Int64.max : -count
                    _ = try long()
                }
                guard count <= bytes.count - position else {
                    throw .malformed(path: "byte \(position)", "\(count) items can't be here")
                }
                elements.reserveCapacity(elements.count + Int(count))
                for _ in 0..<count { elements.append(try element(&self)) }
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ tag: String, _ timestamp: Int64, _ value: Double, _ quality: Quality) {
        append(avro: tag)
        append(zigZag: timestamp)
        append(littleEndian: value.bitPattern)
        switch quality {
        case .good: append(0)
        case .uncertain: append(2)
        case .bad: append(4)
        }
    }
}
