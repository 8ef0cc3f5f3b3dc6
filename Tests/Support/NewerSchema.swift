public import EventSchema
import Foundation
public import Kafka

/// A schema of a newer build, and values that were written with it.
public struct NewerSchema: Sendable {
    private let name: String
    private let id: Int32
    private let text: String

    /// - Parameters:
    ///   - committed: The event of this build whose schema it continues.
    ///   - symbol: A symbol that has another name in the newer schema, which this build does not know.
    public init(_ name: String, id: Int32, of committed: String, renaming symbol: String? = nil) throws {
        guard let entry = try SchemaCatalog.committed.get()[committed] else {
            throw ConfigurationFault(description: "there is no schema \(committed)")
        }
        let text = String(decoding: entry.text, as: UTF8.self)
        self.name = name
        self.id = id
        self.text = symbol.map { text.replacing("\"\($0)\"", with: "\"newer\"") } ?? text
    }

    private struct ConfigurationFault: Error, CustomStringConvertible {
        var description: String
    }

    private struct Announcement: Encodable {
        var name: String
        var schema: String
    }

    /// The record by which the newer build makes it known.
    public func announcement() throws -> KafkaRecord {
        let value = try JSONEncoder().encode(Announcement(name: name, schema: text))
        return KafkaRecord(topic: Topic.schemas.name, key: Array("\(id)".utf8), value: Array(value))
    }

    /// The bytes of a value of this build as if they were written with this schema.
    public func framing(_ bytes: [UInt8]) -> [UInt8] {
        [0] + withUnsafeBytes(of: id.bigEndian, Array.init) + bytes.dropFirst(5)
    }

    /// A record with the event as if it was written with this schema.
    public func record<E: Event>(_ event: E) throws -> KafkaRecord {
        let bytes = try EventCodec.committed().encode(event)
        return KafkaRecord(topic: E.topic.name, key: Array(event.key.utf8), value: framing(bytes))
    }
}
