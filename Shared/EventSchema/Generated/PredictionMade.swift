// Made by `make events` from Schemas/predictions.made.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted for every stored failure prediction.
public struct PredictionMade: Event {
    public static let name = "predictions.made.v1"
    public static let topic = Topic.predictionEvents

    public var id: PredictionID
    public var tenant: TenantID
    public var asset: AssetID
    /// The model's name and version.
    public var model: String
    /// Probability of a failure within the model's horizon, 0 to 1.
    public var failureProbability: Double
    /// Share of the trees that agree, 0.5 to 1.
    public var confidence: Double
    public var workOrderRequested: Bool
    public var at: Date

    public var key: String { asset.description }

    public init(
        id: PredictionID,
        tenant: TenantID,
        asset: AssetID,
        model: String,
        failureProbability: Double,
        confidence: Double,
        workOrderRequested: Bool,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.asset = asset
        self.model = model
        self.failureProbability = failureProbability
        self.confidence = confidence
        self.workOrderRequested = workOrderRequested
        self.at = at
    }
}
