import Foundation
import Testing

@testable import Notification

@Suite struct BackoffTests {
    @Test func pausesDoubleUpToALimitAndRetriesEndAfterADay() {
        let pauses = (1...12).map { Backoff.pause(afterFailure: $0, age: 0, random: 1) }
        #expect(pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
        #expect(Backoff.pause(afterFailure: 5000, age: Backoff.patience - 1, random: 1) == 900)
        #expect(Backoff.pause(afterFailure: 1, age: Backoff.patience) == nil)
        for _ in 0..<100 {
            let pause = Backoff.pause(afterFailure: 3, age: 0) ?? 0
            #expect((4...8).contains(pause))
        }
    }

    @Test func noMailIsLostIfTheServerIsDownForSixHours() {
        var (age, failures) = (0.0, 0)
        while age < 6 * 3600 {
            failures += 1
            guard let pause = Backoff.pause(afterFailure: failures, age: age) else { break }
            age += pause
        }
        #expect(age >= 6 * 3600)
        #expect(failures < 70)
    }
}
