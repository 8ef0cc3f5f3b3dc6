import EventSchema
import Foundation
import Identifiers
import Testing

@testable import StreamProcessor

@Suite struct WindowTests {
    private let minute: Int64 = 60_000_000

    @Test func figuresAreThoseOfTheTextbook() {
        var figures = Accumulator()
        for value in [2.0, 4, 4, 4, 5, 5, 7, 9] { figures.add(value, .good) }
        figures.add(1e9, .bad)
        figures.add(-1e9, .uncertain)
        #expect(figures.count == 8)
        #expect(figures.sum == 40)
        #expect((figures.minimum, figures.maximum) == (2, 9))
        #expect(abs(figures.standardDeviation - (32.0 / 7).squareRoot()) < 1e-12)
        #expect((figures.badCount, figures.uncertainCount) == (1, 1))
    }

    @Test func spreadSurvivesALargeMean() {
        var figures = Accumulator()
        for value in [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16] { figures.add(value, .good) }
        #expect(abs(figures.standardDeviation - 30.0.squareRoot()) < 1e-6)
    }

    @Test func aWindowIsToldOfOnceWhenTheWatermarkPassesItsEnd() {
        var windows = TagWindows()
        _ = windows.add(1, .good, at: 10 * minute + 1, watermark: 0, lateness: minute)
        _ = windows.add(3, .good, at: 10 * minute + 2, watermark: 0, lateness: minute)
        var told: [(Int, Int64, Int64)] = []
        func close(_ watermark: Int64) {
            windows.close(watermark: watermark, lateness: minute) { length, window in
                told.append((length.minutes, window.start / minute, window.figures.count))
            }
        }
        close(11 * minute - 1)
        #expect(told.isEmpty)
        close(11 * minute)
        close(11 * minute)
        #expect(told.count == 1)
        #expect(told[0] == (1, 10, 2))
        close(15 * minute)
        #expect(told.map(\.0).sorted() == [1, 5, 15])
        close(60 * minute)
        #expect(told.last.map { $0.0 } == 60)
    }

    @Test func aLateReadingCorrectsTheFiguresUntilTheLatenessIsOver() {
        var windows = TagWindows()
        _ = windows.add(1, .good, at: 0, watermark: 0, lateness: minute)
        var counts: [Int64] = []
        func close(_ watermark: Int64) {
            windows.close(watermark: watermark, lateness: minute) { length, window in
                if length == .one { counts.append(window.figures.count) }
            }
        }
        close(minute)
        let taken = windows.add(5, .good, at: 30, watermark: minute, lateness: minute)
        close(minute)
        #expect(taken)
        #expect(counts == [1, 2])
        close(200 * minute)
        let late = windows.add(5, .good, at: 40, watermark: 200 * minute, lateness: minute)
        #expect(!late)
    }

    @Test func windowsBeginAtMultiplesOfTheirLength() {
        #expect(WindowLength.fifteen.start(of: 44 * minute + 59) == 30 * minute)
        #expect(WindowLength.sixty.start(of: -1) == -60 * minute)
    }

    @Test func aStreakCompletesThePatternOnceAndThenNeedsANewStart() {
        var watch = RuleWatch()
        let rule = AlertRuleState.sample(above: 60, consecutive: 3)
        let readings = [61.0, 62, 59, 61, 60, 61, 62, 63, 64, 50, 61, 61, 61]
        let completed = readings.enumerated().filter { watch.observe($1, at: Int64($0), rule) }.map(\.offset)
        #expect(completed == [7, 12])
        #expect(watch.firstAt == 10)
    }

    @Test func aStreakThatCountedInAReplayIsCompleteWithTheNextReading() {
        var watch = RuleWatch()
        let rule = AlertRuleState.sample(above: 60, consecutive: 3)
        let replayed = (0..<5).map { watch.observe(61, at: $0, rule, mayAlert: false) }
        let live = (5..<8).map { watch.observe(61, at: $0, rule) }
        #expect(!replayed.contains(true))
        #expect(live == [true, false, false])
        #expect(watch.firstAt == 0)
    }
}
