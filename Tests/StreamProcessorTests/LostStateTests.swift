import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

/// Snapshots in an unknown format, and records that the log no longer has.
@Suite struct LostStateTests {
    @Test(
        arguments: [
            #"{"version":1,"offset":7,"registry":1,"assets":{}}"#, #"{"offset":7,"registry":1,"assets":{}}"#,
            #"{"version":99}"#, #"{"version":2,"offset":"seven"}"#, "", "no JSON",
        ]
    )
    func aSnapshotInAnotherFormatIsIgnored(text: String) async throws {
        try await withDatabase(.all) { database in
            let store = TelemetryStore(database: database)
            try await store.store([], [], [.init(partition: 3, from: 0, to: 9, snapshot: nil)])
            try await database.execute(
                "UPDATE partition_progress SET snapshot = \(Array(text.utf8)), snapshot_offset = 7"
            )
            let progress = try await store.progress(of: 3)
            #expect(progress.snapshot == nil)
            #expect(progress.nextOffset == 9)
        }
    }

    @Test func aSnapshotInAnotherFormatIsRebuiltFromTheLog() async throws {
        let records = Recording.records
        let undisturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                try await plant.send(records)
                try await plant.untilStored(records.count)
            }
        }
        let disturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                try await plant.send(Array(records[..<90]))
                try await plant.untilStored(90)
            }
            let old = Array(#"{"offset":60,"registry":1,"assets":{"LHB/INV-1":{"newest":1}}}"#.utf8)
            try await plant.store.database.execute(
                "UPDATE partition_progress SET snapshot = \(old) WHERE snapshot IS NOT NULL"
            )
            try await plant.processing { _ in
                try await plant.send(Array(records[90...]))
                try await plant.untilStored(records.count)
            }
        }
        #expect(disturbed.readings == undisturbed.readings)
        #expect(disturbed.windows == undisturbed.windows)
        #expect(disturbed.validated == undisturbed.validated)
        #expect(disturbed.rejected == undisturbed.rejected)
        #expect(Set(disturbed.alerts) == Set(undisturbed.alerts))
    }

    /// The processor was down until the log had deleted records that it had not read.
    @Test func lostRecordsAreCountedAndTheOthersAreProcessed() async throws {
        try await Plant.run { plant in
            try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
            try await plant.processing { _ in
                try await plant.send((1...3).map { Recording.one(at: $0) })
                try await plant.untilStored(3)
            }
            #expect(!plant.daemon.metrics.render().contains("telemetry_records_lost_total"))
            try await plant.send((4...9).map { Recording.one(at: $0) })
            let canDelete = try await Python.run(
                "Tests/Oracles/delete_records.py",
                [plant.daemon.settings.kafka.bootstrapServers, Topic.telemetryRaw.name, "7"],
                needs: "confluent_kafka"
            )
            guard canDelete else { return }
            try await plant.processing { _ in try await plant.untilStored(9) }
            #expect(try await plant.rows("readings").count == 3 + 2)
            #expect(plant.daemon.metrics.render().contains("telemetry_records_lost_total 4"))
        }
    }
}
