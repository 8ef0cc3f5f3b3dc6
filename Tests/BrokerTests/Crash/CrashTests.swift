import Foundation
import Testing

/// kill -9 at random moments under load; what the clients saw is judged by the history checker.
@Suite struct CrashTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["DCMMS_CRASH_ROUNDS"].flatMap(UInt64.init) ?? (isFullScale ? 200 : 4)
    private static let firstSeed = environment["DCMMS_CRASH_SEED"].flatMap(UInt64.init) ?? 1

    @Test func acknowledgedRecordsSurviveKills() async throws {
        var (kills, operations, records, failed) = (0, 0, 0, [UInt64]())
        for seed in Self.firstSeed..<Self.firstSeed + Self.rounds {
            // The page cache survives the death of the process, so acknowledged records must be there without --flush as
            // well.
            do {
                let verdict = try await CrashRound(seed: seed, flushes: seed % 4 != 0).run()
                kills += verdict.kills
                operations += verdict.history.operations.count
                records += verdict.records
                if !verdict.problems.isEmpty { failed.append(seed) }
                #expect(verdict.problems.isEmpty, "seed \(seed): \(verdict.problems.prefix(5).joined(separator: "; "))")
            } catch {
                failed.append(seed)
                Issue.record(error, "seed \(seed): \(error)")
            }
            let round = seed - Self.firstSeed + 1
            if round.isMultiple(of: 10) || round == Self.rounds {
                print(
                    "crash rounds: \(round) of \(Self.rounds), \(kills) kills, \(operations) operations, "
                        + "\(records) records, seeds that failed: \(failed)"
                )
            }
        }
    }
}
