import EventSchema
import Identifiers

/// What processing records has led to.
struct Output: Sendable {
    var accepted: [(asset: AssetID, reading: TagReading)] = []
    var validated: [TelemetryValidated] = []
    var rejected: [TelemetryRejected] = []
    var aggregates: [TelemetryAggregated] = []
    /// What became of patterns, in its order: an end that overtook its beginning would end another alert, or none.
    var findings: [Finding] = []
    var duplicates = 0
    var late = 0
    /// How many records the log has deleted before they were read.
    var lost: Int64 = 0

    enum Finding: Hashable, Sendable {
        case detected(AlertDetected)
        case cleared(AlertCleared)
    }

    /// The patterns that were found or go on.
    var alerts: [AlertDetected] {
        findings.compactMap { if case .detected(let alert) = $0 { alert } else { nil } }
    }

    /// The patterns that ended.
    var cleared: [AlertCleared] {
        findings.compactMap { if case .cleared(let end) = $0 { end } else { nil } }
    }

    /// Appends what others are to be told of the next record.
    mutating func append(events other: Output) {
        validated += other.validated
        rejected += other.rejected
        aggregates += other.aggregates
        findings += other.findings
        duplicates += other.duplicates
        late += other.late
        lost += other.lost
    }

    /// Appends what is to be stored of the next record.
    mutating func append(rows other: Output) {
        accepted += other.accepted
        aggregates += other.aggregates
    }
}
