import Foundation
import Testing

@testable import MLScoring

@Suite struct ForestTests {
    /// Two trees with two features: `x <= 1 ? 0 : (y <= 5 ? 0.5 : 1)`, and always 0.25.
    private var file: ModelFile {
        ModelFile(
            format: "dcmms-forest-1",
            name: "t",
            version: "1",
            features: ["x", "y"],
            horizonDays: 1,
            trainedAt: "",
            trainingData: "",
            metrics: [:],
            trees: [
                .init(
                    feature: [0, -2, 1, -2, -2],
                    threshold: [1, -2, 5, -2, -2],
                    left: [1, -1, 3, -1, -1],
                    right: [2, -1, 4, -1, -1],
                    share: [0.4, 0, 0.7, 0.5, 1]
                ),
                .init(feature: [-2], threshold: [-2], left: [-1], right: [-1], share: [0.25]),
            ]
        )
    }

    @Test func probabilitiesAreTheMeanOfAllTrees() throws {
        let forest = try file.forest(features: ["x", "y"])
        #expect(forest.predict([1, 9]).probability == 0.125)
        #expect(forest.predict([2, 5]).probability == 0.375)
        #expect(forest.predict([2, 6]).probability == 0.625)
    }

    @Test func weightsAddUpToTheProbability() throws {
        let forest = try file.forest(features: ["x", "y"])
        for row in [[0.0, 0], [2, 5], [2, 6]] {
            let (base, weights) = forest.explain(row)
            #expect(abs(base + weights.reduce(0, +) - forest.predict(row).probability) < 1e-12)
        }
    }

    @Test func aBrokenModelIsRefused() {
        #expect(throws: ModelRefusal.features(expected: ["y"], found: ["x", "y"])) { try file.forest(features: ["y"]) }
        var cyclic = file
        cyclic.trees[0].left[0] = 0
        #expect(throws: ModelRefusal.self) { try cyclic.forest(features: ["x", "y"]) }
        var dangling = file
        dangling.trees[0].right[2] = 99
        #expect(throws: ModelRefusal.self) { try dangling.forest(features: ["x", "y"]) }
    }

    @Test func featuresDoNotUseFutureData() {
        let now = Date(timeIntervalSince1970: 1_780_315_200)
        func hour(_ offset: Double, _ value: Double) -> HourFigures {
            HourFigures(
                role: .power,
                start: now.addingTimeInterval(offset * 3600),
                average: value,
                maximum: value,
                count: 4,
                doubtful: 0
            )
        }
        let past = [hour(-2, 10), hour(-1, 20)]
        let history = MaintenanceHistory(
            completions: [now.addingTimeInterval(-86_400)],
            failures: [now.addingTimeInterval(-86_400)]
        )
        let row = Features.compute(hours: past, history: history, ratedPowerKW: 100, at: now)
        var later = history
        later.failures.append(now.addingTimeInterval(60))
        later.completions.append(now.addingTimeInterval(60))
        #expect(Features.compute(hours: past + [hour(0, 1e6)], history: later, ratedPowerKW: 100, at: now) == row)
        #expect(row.count == 15)
        #expect(row[0] == 15)
        #expect(row[3] == 0.15)
        #expect(row[13] == 1)
        #expect(row[14] == 1)
    }
}
