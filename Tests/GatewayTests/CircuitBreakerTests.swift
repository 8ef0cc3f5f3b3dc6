import Testing

@testable import Gateway

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    @Test func onlyFailuresInARowCutAServiceOff() {
        var breaker = CircuitBreaker()
        for _ in 0..<20 {
            for _ in 1..<CircuitBreaker.failures { breaker.failed(at: start) }
            breaker.succeeded()
            #expect(breaker.refusal(at: start) == nil)
        }
        for _ in 0..<CircuitBreaker.failures { breaker.failed(at: start) }
        #expect(breaker.isOpen)
        #expect(breaker.refusal(at: start) == .seconds(1))
        #expect(breaker.refusal(at: start + .milliseconds(400)) == .milliseconds(600))
    }

    @Test func afterThePauseOneRequestPassesAndDecides() {
        var breaker = opened()
        #expect(breaker.refusal(at: start + .seconds(1)) == nil)
        // The others wait for what becomes of it.
        #expect(breaker.refusal(at: start + .seconds(1)) == .seconds(1))
        breaker.succeeded()
        #expect(!breaker.isOpen)
        #expect(breaker.refusal(at: start + .seconds(1)) == nil)
    }

    @Test func thePauseDoublesUpToALimit() {
        var breaker = opened()
        var (now, pauses) = (start, [Duration]())
        for _ in 0..<6 {
            let pause = breaker.refusal(at: now) ?? .zero
            pauses.append(pause)
            now += pause
            #expect(breaker.refusal(at: now) == nil)
            breaker.failed(at: now)
        }
        #expect(pauses == [1, 2, 4, 8, 8, 8].map { Duration.seconds($0) })
    }

    /// The client that sent it may have gone away.
    @Test func aRequestThatNothingIsHeardOfDoesNotKeepAServiceCutOff() {
        var breaker = opened()
        #expect(breaker.refusal(at: start + .seconds(1)) == nil)
        #expect(breaker.refusal(at: start + .milliseconds(1900)) != nil)
        #expect(breaker.refusal(at: start + .seconds(2)) == nil)
    }

    @Test func lateFailuresDoNotMakeThePauseLonger() {
        var breaker = opened()
        for _ in 0..<10 { breaker.failed(at: start + .milliseconds(900)) }
        #expect(breaker.refusal(at: start + .seconds(1)) == nil)
    }

    @Test func aTenthOfTheRequestsCanBeRepeated() {
        var budget = RetryBudget()
        var repeated = 0
        for _ in 0..<1000 {
            budget.requestBegins()
            if budget.spend() { repeated += 1 }
        }
        #expect((100...100 + RetryBudget.mostAtOnce).contains(repeated))
        // A quiet time saves only a few.
        for _ in 0..<10_000 { budget.requestBegins() }
        let atOnce = (0..<1000).count { _ in budget.spend() }
        #expect(atOnce == RetryBudget.mostAtOnce)
    }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failures { breaker.failed(at: start) }
        return breaker
    }
}
