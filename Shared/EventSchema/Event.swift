/// A fact that one service publishes and others may consume: one flat, `Codable` struct for each version.
///
/// A published field is never changed; a new meaning is a new struct with a new version in its name. On the wire an event
/// is Avro binary after its committed schema (`Schemas/<name>.avsc`) in the Confluent framing, and its metadata travels in
/// CloudEvents headers (see ``Envelope``).
public protocol Event: Codable, Hashable, Sendable {
    /// The event's name with its version, for example `workorder.created.v1`: the `ce_type` header and the schema file.
    static var name: String { get }

    /// The topic that carries it.
    static var topic: Topic { get }

    /// The partition key: the id of the aggregate that the event is about, so that one aggregate's events stay in order.
    var key: String { get }
}
