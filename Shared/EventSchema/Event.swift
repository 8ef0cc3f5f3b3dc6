/// A value with an Avro schema of its own: an event, or a payload between a site and the cloud over MQTT.
///
/// The types follow from the schemas: `make events` writes them. A published schema is never changed; a change
/// makes the next version, and the type is that of the newest one.
public protocol WireValue: Codable, Hashable, Sendable {
    /// The name with the version, for example `workorder.created.v1`: the schema's file, and of an event the `ce_type` header.
    static var name: String { get }
}

extension WireValue {
    /// The name without the version: all versions of one event are a family, and a reader of one reads the others.
    public static var family: Substring { EventName.family(of: name) }
}

/// A fact that one service publishes and others may consume, or the state of something that others keep a copy of.
///
/// On the wire an event is Avro binary after its committed schema (`Schemas/<name>.avsc`) in the Confluent framing, and its
/// metadata travels in CloudEvents headers (see ``EventMetadata``).
public protocol Event: WireValue {
    /// The topic that carries it.
    static var topic: Topic { get }

    /// The partition key: the id of the aggregate that the event is about, so that one aggregate's events stay in order.
    var key: String { get }
}

/// The names of events: `<context>.<what>.v<version>`.
public enum EventName {
    /// The name without the version; a name without a version is its own family.
    public static func family(of name: String) -> Substring {
        guard let dot = name.lastIndex(of: "."), name[dot...].hasPrefix(".v"), Int(name[dot...].dropFirst(2)) != nil
        else {
            return name[...]
        }
        return name[..<dot]
    }
}
