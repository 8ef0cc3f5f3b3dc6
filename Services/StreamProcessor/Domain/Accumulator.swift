import EventSchema

/// The figures of one window of one tag, updated reading by reading.
///
/// Mean and variance follow Welford (1962): one pass, without the cancellation that sums of squares suffer from when the
/// spread is small compared with the mean, as for a grid voltage.
struct Accumulator: Hashable, Sendable {
    private(set) var count: Int64 = 0
    private(set) var sum = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var uncertainCount: Int64 = 0
    private(set) var badCount: Int64 = 0
    private(set) var mean = 0.0
    /// The sum of squared distances from the mean.
    private(set) var squares = 0.0

    /// Only readings of good quality are part of the figures; the others are only counted.
    mutating func add(_ value: Double, _ quality: Quality) {
        switch quality {
        case .good:
            count += 1
            sum += value
            minimum = Swift.min(minimum, value)
            maximum = Swift.max(maximum, value)
            let distance = value - mean
            mean += distance / Double(count)
            squares += distance * (value - mean)
        // `.unknown` never gets here: TelemetryDecoder treats a quality that it does not know as uncertain.
        case .uncertain, .unknown:
            uncertainCount += 1
        case .bad:
            badCount += 1
        }
    }

    /// The sample standard deviation (divisor n - 1); 0 for fewer than two readings.
    var standardDeviation: Double {
        count > 1 ? (squares / Double(count - 1)).squareRoot() : 0
    }
}
