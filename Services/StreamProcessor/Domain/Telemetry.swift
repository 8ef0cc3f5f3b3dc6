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
    /// Without a reading of good quality there is none, nor are there the next two and the standard deviation.
    var average: Double?
    var minimum: Double?
    var maximum: Double?
    var sum: Double
    var standardDeviation: Double?
    var uncertainCount: Int64
    var badCount: Int64
}
