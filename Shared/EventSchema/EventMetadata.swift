public import Avro
public import Foundation
public import Identifiers

/// What is known of an event besides its content: CloudEvents 1.0 in Kafka headers (binary content mode) and the W3C trace
/// context.
public struct EventMetadata: Hashable, Sendable {
    /// The event's own id; a consumer handles an id once.
    public var id: EventID
    /// The event's name with its version.
    public var type: String
    /// The service that emitted it.
    public var source: String
    public var time: Date
    public var tenant: TenantID?
    /// The request or reading at the beginning of the chain that this event belongs to.
    public var correlation: String?
    /// The event that directly caused this one.
    public var causation: String?
    /// W3C `traceparent` of the work that emitted it.
    public var traceparent: String?

    public init(
        id: EventID,
        type: String,
        source: String,
        time: Date,
        tenant: TenantID?,
        correlation: String? = nil,
        causation: String? = nil,
        traceparent: String? = nil
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.tenant = tenant
        self.correlation = correlation
        self.causation = causation
        self.traceparent = traceparent
    }

    /// The headers, in a fixed order.
    public var headers: [(name: String, value: [UInt8])] {
        let pairs: [(String, String?)] = [
            ("ce_specversion", "1.0"), ("ce_id", id.description), ("ce_type", type), ("ce_source", source),
            ("ce_time", time.rfc3339), ("ce_tenantid", tenant?.description), ("ce_correlationid", correlation),
            ("ce_causationid", causation),
            ("traceparent", traceparent),
        ]
        return pairs.compactMap { name, value in value.map { (name, Array($0.utf8)) } }
    }

    /// Reads the headers of a record.
    ///
    /// - Throws: ``EventDecodingError`` naming the header that is missing or malformed.
    public init(headers: [(name: String, value: [UInt8])]) throws(EventDecodingError) {
        func header(_ name: String) -> String? {
            headers.last { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        func required(_ name: String) throws(EventDecodingError) -> String {
            guard let value = header(name) else { throw .header(name, "is missing") }
            return value
        }
        guard let id = EventID(try required("ce_id")) else { throw .header("ce_id", "is not a UUID") }
        guard let time = Date(rfc3339: try required("ce_time")) else {
            throw .header("ce_time", "is not a time as RFC 3339 writes it")
        }
        var tenant: TenantID?
        if let text = header("ce_tenantid") {
            guard let id = TenantID(text) else { throw .header("ce_tenantid", "is not a UUID") }
            tenant = id
        }
        self.init(
            id: id,
            type: try required("ce_type"),
            source: try required("ce_source"),
            time: time,
            tenant: tenant,
            correlation: header("ce_correlationid"),
            causation: header("ce_causationid"),
            traceparent: header("traceparent")
        )
    }
}

/// Why a record can't be decoded as an event.
public enum EventDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    case header(String, String)
    case framing(String)
    /// The schema is not known yet. That may change: a daemon that writes with it publishes it.
    case unknownSchema(Int32)
    /// A person has declared that the schema will never be known.
    case abandonedSchema(Int32)
    /// Symbols that this build does not know, in an event whose handler has not said how to treat them.
    case unknownSymbols([AvroDecoder.UnknownSymbol])
    /// The value is of another event than its header says.
    case otherEvent(expected: String, found: String)
    case value(AvroError)

    /// The schema that may still become known; what was written with it is not to be given up for that.
    public var awaitedSchema: Int32? {
        guard case .unknownSchema(let id) = self else { return nil }
        return id
    }

    public var description: String {
        switch self {
        case .header(let name, let problem): "header \(name) \(problem)"
        case .framing(let problem): "the value \(problem)"
        case .unknownSchema(let id): "the value names schema \(id), which is not known"
        case .abandonedSchema(let id): "the value names schema \(id), which is given up"
        case .unknownSymbols(let symbols): symbols.map(\.description).joined(separator: "; ")
        case .otherEvent(let expected, let found): "the value is a \(found), not a \(expected)"
        case .value(let error): error.description
        }
    }
}
