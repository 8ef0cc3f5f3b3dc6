import Foundation

/// A reading as clients see it.
struct TelemetryPoint: Codable, Hashable, Sendable {
    var time: Date
    var value: Double
    var quality: String
}

/// A closed window as clients see it.
struct TelemetryWindow: Codable, Hashable, Sendable {
    var start: Date
    var count: Int64
    /// `nil` if no reading was of good quality; so are `minimum`, `maximum` and `standardDeviation`.
    var average: Double?
    var minimum: Double?
    var maximum: Double?
    var sum: Double
    var standardDeviation: Double?
    var uncertainCount: Int64
    var badCount: Int64
}
