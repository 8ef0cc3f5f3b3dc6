import Avro
import Foundation

/// Reads the telemetry payloads without a schema at hand, many times faster than ``EventCodec`` (a test holds the two together).
///
/// Keep one for a stream: it remembers the texts that it has seen (tags and assets are few and come again and again), so that
/// a reading costs no allocation. Safe on any input: lengths are checked before anything is allocated.
public struct TelemetryDecoder: Sendable {
    private var texts = TextCache()

    public init() {}

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.batch.v1`.
    public mutating func batch(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryBatch {
        try decode(bytes, TelemetryEncoding.batchID, TelemetryBatch.name) { cursor, texts throws(AvroError) in
            TelemetryBatch(
                session: try cursor.uuid(),
                sequence: try cursor.long(),
                readings: try cursor.array { cursor throws(AvroError) in
                    Reading(
                        asset: try cursor.text(&texts),
                        tag: try cursor.text(&texts),
                        timestamp: try cursor.long(),
                        value: try cursor.double(),
                        quality: try cursor.quality()
                    )
                }
            )
        }
    }

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.received.v1`.
    public mutating func received(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryReceived {
        try decode(bytes, TelemetryEncoding.receivedID, TelemetryReceived.name) { cursor, texts throws(AvroError) in
            TelemetryReceived(
                site: try cursor.text(&texts),
                asset: try cursor.text(&texts),
                session: try cursor.uuid(),
                sequence: try cursor.long(),
                receivedAt: try cursor.long(),
                readings: try cursor.array { cursor throws(AvroError) in
                    TagReading(
                        tag: try cursor.text(&texts),
                        timestamp: try cursor.long(),
                        value: try cursor.double(),
                        quality: try cursor.quality()
                    )
                }
            )
        }
    }

    private mutating func decode<Value>(
        _ bytes: [UInt8],
        _ id: Int32,
        _ name: String,
        _ read: (inout AvroCursor, inout TextCache) throws(AvroError) -> Value
    ) throws(EventDecodingError) -> Value {
        let (found, body) = try EventCodec.unframe(bytes)
        guard found == id else {
            guard let catalog = try? SchemaCatalog.committed.get(), let other = catalog[id: found] else {
                throw .unknownSchema(found)
            }
            throw .otherEvent(expected: name, found: other.name)
        }
        let result: Result<Value, AvroError> = bytes.withUnsafeBytes { bytes in
            var cursor = AvroCursor(bytes, at: body.startIndex)
            do throws(AvroError) {
                let value = try read(&cursor, &texts)
                guard cursor.isAtEnd else { throw .malformed(path: "the value", "bytes follow its end") }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw .value(error)
        }
    }
}

extension AvroCursor {
    fileprivate mutating func text(_ texts: inout TextCache) throws(AvroError) -> String {
        let bytes = try self.bytes()
        guard let text = texts.text(bytes) else { throw malformed("it is not UTF-8") }
        return text
    }

    fileprivate mutating func quality() throws(AvroError) -> Quality {
        let index = try long()
        switch index {
        case 0: return .good
        case 1: return .uncertain
        case 2: return .bad
        default: throw malformed("\(index) is no quality")
        }
    }
}
