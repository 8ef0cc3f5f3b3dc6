import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import StreamProcessor

@Suite struct WindowTests {
    private let minute: Int64 = 60_000_000

    @Test func figuresMatchTheTextbookFormulas() {
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

    @Test func standardDeviationIsAccurateWithALargeMean() {
        var figures = Accumulator()
        for value in [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16] { figures.add(value, .good) }
        #expect(abs(figures.standardDeviation - 30.0.squareRoot()) < 1e-6)
    }

    @Test func aWindowIsPublishedOnceWhenTheWatermarkPassesItsEnd() {
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

    @Test func aLateReadingCorrectsTheFiguresWithinTheAllowedLateness() {
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

    @Test func aWindowWithoutAGoodReadingHasNoFigures() {
        var state = PartitionState()
        func apply(_ quality: Quality, at second: Int64) -> [TelemetryAggregated] {
            let time = Date.noon.microseconds + second * 1_000_000
            let reading = TagReading(tag: "temperature", timestamp: time, value: 20, quality: quality)
            let record = TelemetryReceived.sample([reading], sequence: second, receivedAt: time)
            return state.process(record, .sample, .sample, now: time).aggregates.filter { $0.minutes == 1 }
        }
        _ = apply(.bad, at: 1)
        let empty = apply(.good, at: 70)
        #expect(empty.map(\.count) == [0])
        #expect(empty.map(\.badCount) == [1])
        #expect(empty.map(\.average) == [nil] && empty.map(\.standardDeviation) == [nil])
        #expect(empty.map(\.minimum) == [nil] && empty.map(\.maximum) == [nil])
        let one = apply(.good, at: 130)
        #expect(one.map(\.average) == [20] && one.map(\.standardDeviation) == [0])
    }
}
