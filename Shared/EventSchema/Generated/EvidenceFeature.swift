// Made by `make events` from Schemas/workorder.requested.v3.avsc: edit that instead.

/// A value that a model judged by.
public struct EvidenceFeature: Codable, Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(
        name: String,
        value: Double
    ) {
        self.name = name
        self.value = value
    }
}
