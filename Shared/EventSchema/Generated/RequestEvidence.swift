// Made by `make events` from Schemas/workorder.requested.v3.avsc: edit that instead.

public import Identifiers

/// Why a work order was asked for: what was measured or computed, and what it was judged by.
public struct RequestEvidence: Codable, Hashable, Sendable {
    /// The alert rule.
    public var rule: AlertRuleID?
    /// What was measured.
    public var tag: String?
    public var unit: String?
    /// What the rule waits for, for example `above 80`.
    public var condition: String?
    /// The model's name and version.
    public var model: String?
    /// The predicted probability of a failure, 0 to 1.
    public var probability: Double?
    /// The readings that led to it, the earliest first.
    public var readings: [EvidenceReading]
    /// What the model judged by.
    public var features: [EvidenceFeature]

    public init(
        rule: AlertRuleID?,
        tag: String?,
        unit: String?,
        condition: String?,
        model: String?,
        probability: Double?,
        readings: [EvidenceReading],
        features: [EvidenceFeature]
    ) {
        self.rule = rule
        self.tag = tag
        self.unit = unit
        self.condition = condition
        self.model = model
        self.probability = probability
        self.readings = readings
        self.features = features
    }
}
