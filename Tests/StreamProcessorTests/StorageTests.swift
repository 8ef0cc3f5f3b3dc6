import EventSchema
import Foundation
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import StreamProcessor

/// What is stored in which table, column by column.
@Suite struct StorageTests {
    @Test func aWindowIsStoredCompletelyInItsMonthsPartition() async throws {
        try await withDatabase(.all) { database in
            let store = TelemetryStore(database: database)
            let window = TelemetryAggregated(
                tenant: .sunfield,
                site: .sample(30),
                asset: .sample(20),
                tag: "temperature",
                minutes: 15,
                start: .noon,
                count: 4,
                average: 2.5,
                minimum: 1,
                maximum: 4,
                sum: 10,
                standardDeviation: 1.25,
                uncertainCount: 2,
                badCount: 3
            )
            try await store.store([], [window], [.init(partition: 3, from: 0, to: 1, snapshot: nil)])
            let row = try #require(
                try await database.owner.first("SELECT *, tableoid::regclass::text AS place FROM aggregates")
            )
            #expect(try row["place"] == "aggregates_20260601")
            #expect(try (row["asset_id"], row["tag"]) == (AssetID.sample(20), "temperature"))
            #expect(try (row["minutes"], row["start"]) == (15, Date.noon))
            #expect(try (row["minimum"], row["maximum"], row["sum"]) == (1.0, 4.0, 10.0))
            #expect(try (row["average"], row["standard_deviation"]) == (2.5, 1.25))
            #expect(try (row["count"], row["uncertain_count"], row["bad_count"]) == (Int64(4), Int64(2), Int64(3)))
        }
    }

    @Test func readingsAreStoredInTheirDaysPartitions() async throws {
        try await withDatabase(.all) { database in
            let store = TelemetryStore(database: database)
            // The last millisecond of a day, and the first millisecond of the next day.
            let midnight = Date.noon + 12 * 3600
            let readings = [midnight - 0.001, midnight].map { time in
                (
                    asset: AssetID.sample(20),
                    reading: TagReading(tag: "t", timestamp: time.microseconds, value: 1, quality: .good)
                )
            }
            try await store.store(readings, [], [.init(partition: 3, from: 0, to: 1, snapshot: nil)])
            let places: [String] = try await database.owner.query(
                "SELECT tableoid::regclass::text AS place FROM readings ORDER BY time"
            ).map { try $0["place"] }
            #expect(places == ["readings_20260601", "readings_20260602"])
        }
    }
}
