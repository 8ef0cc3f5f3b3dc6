import Foundation
import TestSupport
import Testing

@testable import MLScoring

/// Compares our forest with scikit-learn, which trained it.
@Suite struct ScikitLearnTests {
    private struct Expected: Decodable {
        var rows: [[Double]]
        var probabilities: [Double]
    }

    @Test func theForestGivesTheSameAnswersAsScikitLearn() async throws {
        let folder = TestServers.directory.appending(path: "forest")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ran = try await Python.run(
            "Tests/Oracles/forest.py",
            [Python.path("Services/MLScoring/Training"), folder.path],
            needs: "sklearn"
        )
        guard ran else { return }
        let file = try JSONDecoder().decode(
            ModelFile.self,
            from: Data(contentsOf: folder.appending(path: "model.json"))
        )
        let expected = try JSONDecoder().decode(
            Expected.self,
            from: Data(contentsOf: folder.appending(path: "expected.json"))
        )
        let forest = try file.forest(features: file.features)
        #expect(file.trees.count == 150)
        #expect(expected.rows.count == 250)
        #expect(Set(expected.probabilities).count > 100)
        for (row, probability) in zip(expected.rows, expected.probabilities) {
            #expect(abs(forest.predict(row).probability - probability) < 1e-6)
            let (base, weights) = forest.explain(row)
            #expect(abs(base + weights.reduce(0, +) - probability) < 1e-6)
        }
    }
}
