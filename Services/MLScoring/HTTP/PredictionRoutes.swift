import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// A model that is ready for predictions.
struct LoadedModel: Sendable {
    var name: String
    var horizonDays: Int
    var forest: Forest
}

/// `GET /api/v1/assets/{id}/prediction`, and the table that models are trained on.
struct PredictionRoutes: Sendable {
    let store: FeatureStore
    let model: LoadedModel?
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/assets/{id}/prediction",
                "Predict the failure of an asset",
                .requires(.predictionRead),
                use: predict
            ),
            Route(
                .get,
                "/predictions/training-set",
                "Read the table that models are trained on",
                .requires(.predictionRead),
                use: trainingSet
            ),
        ]
    }

    struct PredictionResponse: Answer, Codable {
        struct Factor: Codable, Sendable {
            var feature: String
            var value: Double
            /// How far it moved the probability from the model's mean.
            var weight: Double
        }

        var assetId: AssetID
        var failureProbability: Double
        var confidence: Double
        var horizonDays: Int
        var model: String
        /// The features with the largest weights, the largest first.
        var explanation: [Factor]
        var featuresComputedAt: Date
    }

    @Sendable func predict(_ call: Call<NoInput>) async throws -> PredictionResponse {
        let principal = try call.principal
        let id: AssetID = try call.id("id", of: "asset")
        guard let asset = try await store.asset(id, tenant: principal.tenant, within: try call.reach) else {
            throw Problem.notFound("asset")
        }
        guard let model else {
            throw Problem(.serviceUnavailable, "no_model", "no model is loaded: train one and set ML_MODEL_FILE")
        }
        let now = now()
        let features = try await store.features(of: asset, at: now)
        let (probability, confidence) = model.forest.predict(features.values)
        let weights = model.forest.explain(features.values).weights
        let prediction = PredictionMade(
            id: .new(),
            tenant: asset.tenant,
            asset: asset.id,
            model: model.name,
            failureProbability: probability,
            confidence: confidence,
            workOrderRequested: false,
            at: now
        )
        try await store.keep(prediction, features, by: Act(call.context, of: "ml-scoring", at: now))
        let factors = zip(Features.names, zip(features.values, weights))
            .map { PredictionResponse.Factor(feature: $0, value: $1.0, weight: $1.1) }
            .sorted { abs($0.weight) > abs($1.weight) }
        return PredictionResponse(
            assetId: asset.id,
            failureProbability: probability,
            confidence: confidence,
            horizonDays: model.horizonDays,
            model: model.name,
            explanation: Array(factors.prefix(5)),
            featuresComputedAt: features.computedAt
        )
    }

    /// One row per asset and six hours: the features as they could be known then, and whether a failure followed within the
    /// horizon. A moment whose horizon is not over yet is left out, unless a failure has already happened.
    @Sendable func trainingSet(_ call: Call<TrainingSetQuery>) async throws -> CSVTable {
        let principal = try call.principal
        let days = call.input.horizonDays ?? 1
        var lines = [(["asset", "moment"] + Features.names + ["failed"]).joined(separator: ",")]
        for asset in try await store.assets(tenant: principal.tenant, within: try call.reach) {
            guard let (first, last) = try await store.span(of: asset) else { continue }
            let (hours, history) = try await store.basis(of: asset, from: first, to: now())
            var moment = first.addingTimeInterval(6 * 3600)
            while moment <= last {
                defer { moment = moment.addingTimeInterval(6 * 3600) }
                let end = moment.addingTimeInterval(days * 86_400)
                let failed = history.failures.contains { $0 > moment && $0 <= end }
                guard failed || end <= last.addingTimeInterval(3600) else { continue }
                let row = Features.compute(hours: hours, history: history, ratedPowerKW: asset.ratedPowerKW, at: moment)
                lines.append(
                    ([asset.id.description, moment.rfc3339] + row.map { "\($0)" } + [failed ? "1" : "0"])
                        .joined(separator: ",")
                )
            }
        }
        return CSVTable(lines: lines)
    }
}

/// The query of the training set.
struct TrainingSetQuery: Input {
    var horizonDays: Double?

    static let rules: Rules = [
        "horizonDays": .number(0.25...90).means(
            "A row counts as failed if the asset fails within this number of days; the default is 1"
        )
    ]
}
