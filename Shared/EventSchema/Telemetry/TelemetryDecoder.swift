import Avro
import Foundation

/// Reads the telemetry payloads of this build's schemas without looking at them, many times faster than ``EventCodec`` (a test holds the two together).
///
/// Keep one for a stream: it remembers the texts that it has seen (tags and assets are few and come again and again), so that
/// a reading costs no allocation. Safe on any input: lengths are checked before anything is allocated.
public struct TelemetryDecoder: Sendable {
    private var texts = TextCache()
    private let codec: EventCodec?
    /// Qualities of newer schemas that this build does not know and has taken for `uncertain`.
    public private(set) var unknownSymbols = 0

    /// - Parameter codec: Reads what was written with another version of the schema.
    public init(_ codec: EventCodec? = try? .committed()) {
        self.codec = codec
    }

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.batch`.
    public mutating func batch(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryBatch {
        if var batch: TelemetryBatch = try foreign(bytes, unlike: TelemetryEncoding.batchID) {
            for index in batch.readings.indices { judge(&batch.readings[index].quality) }
            return batch
        }
        return try decode(bytes) { cursor, texts throws(AvroError) in
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

    /// - Throws: ``EventDecodingError`` for anything but a framed `telemetry.received`.
    public mutating func received(_ bytes: [UInt8]) throws(EventDecodingError) -> TelemetryReceived {
        if var received: TelemetryReceived = try foreign(bytes, unlike: TelemetryEncoding.receivedID) {
            for index in received.readings.indices { judge(&received.readings[index].quality) }
            return received
        }
        return try decode(bytes) { cursor, texts throws(AvroError) in
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

    /// A value that was written with another schema than the one that is read fast; `nil` for that one.
    private func foreign<Value: WireValue>(_ bytes: [UInt8], unlike id: Int32) throws(EventDecodingError) -> Value? {
        let (found, _) = try EventCodec.unframe(bytes)
        guard found != id else { return nil }
        guard let codec else { throw .unknownSchema(found) }
        var unknown: [AvroDecoder.UnknownSymbol] = []
        return try codec.decode(Value.self, named: Value.name, from: bytes, unknown: &unknown)
    }

    /// A reading whose quality we do not understand is one of uncertain quality.
    private mutating func judge(_ quality: inout Quality) {
        guard quality == .unknown else { return }
        quality = .uncertain
        unknownSymbols += 1
    }

    private mutating func decode<Value>(
        _ bytes: [UInt8],
        _ read: (inout AvroCursor, inout TextCache) throws(AvroError) -> Value
    ) throws(EventDecodingError) -> Value {
        let (_, body) = try EventCodec.unframe(bytes)
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
        // Nobody writes `unknown`; another symbol is of another schema.
        default: throw malformed("\(index) is no quality")
        }
    }
}
