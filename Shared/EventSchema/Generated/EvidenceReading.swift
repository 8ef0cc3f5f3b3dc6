// Made by `make events` from Schemas/workorder.requested.v3.avsc: edit that instead.

public import Foundation

/// A reading around the moment at which something was found.
public struct EvidenceReading: Codable, Hashable, Sendable {
    public var at: Date
    public var value: Double

    public init(
        at: Date,
        value: Double
    ) {
        self.at = at
        self.value = value
    }
}
