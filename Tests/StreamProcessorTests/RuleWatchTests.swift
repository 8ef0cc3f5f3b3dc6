import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import StreamProcessor

@Suite struct RuleWatchTests {
    private static let rule = AlertRuleState.sample(above: 60, consecutive: 3)

    @Test func aStreakRaisesTheAlertOnceAndThenMustStartAgain() {
        var watch = RuleWatch()
        let readings = [61.0, 62, 59, 61, 60, 61, 62, 63, 64, 50, 61, 61, 61]
        let found = readings.enumerated().map { watch.observe($1, at: Int64($0), Self.rule) }
        #expect(found.indices.filter { found[$0] == .raised } == [7, 12])
        #expect(watch.firstAt == 10)
    }

    @Test func theSameNumberOfReadingsRaisesAndClearsAPattern() {
        var watch = RuleWatch()
        let readings = [61.0, 61, 61, 59, 59, 61, 59, 59, 60, 59, 59, 59, 59]
        let found = readings.enumerated().map { watch.observe($1, at: Int64($0), Self.rule) }
        #expect(found.indices.filter { found[$0] == .cleared } == [8])
        #expect(found.indices.filter { found[$0] == .raised } == [2])
    }

    @Test func anAlertIsShownWithTheStreaksLastReadings() throws {
        var watch = RuleWatch()
        let values = [61.0, 62, 50, 63, 64, 65]
        for (index, value) in values.enumerated() { _ = watch.observe(value, at: Int64(index), Self.rule) }
        #expect(watch.readings == [.init(at: 3, value: 63), .init(at: 4, value: 64), .init(at: 5, value: 65)])
        let back = try JSONDecoder().decode(RuleWatch.self, from: JSONEncoder().encode(watch))
        #expect(back.readings == watch.readings)
        for second in 6..<100 { _ = watch.observe(70, at: Int64(second), Self.rule) }
        #expect(watch.readings.map(\.at) == Array(80..<100))
        _ = watch.observe(20, at: 100, Self.rule)
        #expect(watch.readings.isEmpty)
    }

    @Test func aContinuingPatternIsConfirmedFromTimeToTime() {
        var watch = RuleWatch()
        let seconds = (0..<200).map { Int64($0) * 1_000_000 }
        let found = seconds.map { watch.observe(61, at: $0, Self.rule) }
        #expect(found.indices.filter { found[$0] == .raised } == [2])
        #expect(found.indices.filter { found[$0] == .confirmed } == [62, 122, 182])
        // Each confirmation is one event with its own id, so a user who has closed the alert in the meantime gets a new alert.
        let alerts = Set([2, 62, 122].map { Self.alert(at: $0, isFirst: $0 == 2).id })
        #expect(alerts.count == 3)
    }

    /// If the state is lost, it is unknown which alerts were raised before. They must end too.
    @Test func aNewWatchReportsOnceThatThePatternIsCleared() {
        var watch = RuleWatch()
        let found = (0..<9).map { watch.observe(20, at: $0, Self.rule) }
        #expect(found.indices.filter { found[$0] != nil } == [2])
        #expect(found[2] == .cleared)
    }

    @Test func aStreakFromAReplayRaisesItsAlertWithTheNextReading() {
        var watch = RuleWatch()
        let replayed = (0..<5).map { watch.observe(61, at: $0, Self.rule, mayAlert: false) }
        let live = (5..<8).map { watch.observe(61, at: $0, Self.rule) }
        #expect(replayed == Array(repeating: nil, count: 5))
        #expect(live == [.raised, nil, nil])
        #expect(watch.firstAt == 0)
    }

    @Test func anEndFromAReplayIsReportedWithTheNextReading() {
        var watch = RuleWatch()
        let values = [61.0, 61, 61, 20, 20, 20, 20]
        let replayed = values.enumerated().map { watch.observe($1, at: Int64($0), Self.rule, mayAlert: false) }
        let live = (7..<10).map { watch.observe(20, at: $0, Self.rule) }
        #expect(replayed == Array(repeating: nil, count: 7))
        #expect(live == [.cleared, nil, nil])
    }

    @Test(arguments: [[], [61.0], [61, 61, 61], [61, 61, 61, 20], [20, 20, 20], [61, 61, 61, 61]])
    func aWatchIsRestoredUnchangedFromASnapshot(readings: [Double]) throws {
        var watch = RuleWatch()
        for (index, value) in readings.enumerated() { _ = watch.observe(value, at: Int64(index), Self.rule) }
        let back = try JSONDecoder().decode(RuleWatch.self, from: JSONEncoder().encode(watch))
        #expect((back.streak, back.hasFired, back.calm) == (watch.streak, watch.hasFired, watch.calm))
        var (one, other) = (watch, back)
        for (index, value) in [61.0, 61, 61, 61, 20, 20, 20, 20].enumerated() {
            let time = Int64(10 + index)
            #expect(one.observe(value, at: time, Self.rule) == other.observe(value, at: time, Self.rule))
        }
    }

    private static func alert(at second: Int64, isFirst: Bool) -> AlertDetected {
        let reading = TagReading(tag: "temperature", timestamp: second * 1_000_000, value: 61, quality: .good)
        return AlertDetected(
            rule,
            .sample("temperature", number: 50, nil),
            reading,
            RuleWatch(),
            isFirst: isFirst
        )
    }
}
