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

@Suite struct PipelineTests {
    // MARK: - Rejected readings

    @Test func rejectedReadingsGoToTheInvalidTopicAndBlockNothing() async throws {
        try await Plant.run { plant in
            try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
            try await plant.processing { _ in
                let now = Date.noon.microseconds
                func reading(_ value: Double, _ tag: String = "temperature", at time: Int64 = now) -> TagReading {
                    TagReading(tag: tag, timestamp: time, value: value, quality: .good)
                }
                let malformed = KafkaRecord(
                    topic: Topic.telemetryRaw.name,
                    key: Array("LHB/INV-2".utf8),
                    value: [0, 1, 2]
                )
                try await plant.send([
                    .sample([
                        reading(1, "pressure"), reading(-41), reading(151), reading(.nan), reading(.infinity),
                        reading(1, at: now + 301_000_000), reading(1, at: now - 31 * 86_400_000_000),
                    ]),
                    .sample([reading(1)], sequence: .min),
                    .sample([reading(1)], asset: "INV-9", sequence: 2),
                ])
                try await plant.write([malformed])
                try await plant.send([.sample([reading(20)], sequence: 3)])
                try await plant.untilStored(5)
            }
            let rejected = try await plant.events(TelemetryRejected.self)
            let reasons = rejected.map { "\($0.asset ?? "-") \($0.tag ?? "-") \($0.refusal.rawValue): \($0.detail)" }
            let expected = [
                "INV-2 pressure unknown_tag: the registry has no sensor pressure",
                "INV-2 temperature out_of_range: -41.0 is below the minimum -40.0",
                "INV-2 temperature out_of_range: 151.0 is above the maximum 150.0",
                "INV-2 temperature not_finite: nan is not a number that can be measured",
                "INV-2 temperature not_finite: inf is not a number that can be measured",
                "INV-2 temperature timestamp_out_of_range: the timestamp is in the future",
                "INV-2 temperature timestamp_out_of_range: the timestamp is more than 30 days old",
                "INV-2 temperature malformed_payload: sequence is \(Int64.min), but publishes count from 1",
                "INV-9 temperature unknown_tag: the registry has no sensor of LHB/INV-9",
            ]
            let malformed = rejected.filter { $0.asset == nil }
            #expect(Set(reasons).subtracting(expected).count == 1)
            #expect(Set(expected).subtracting(reasons).isEmpty)
            #expect(rejected.count == 10)
            #expect(malformed.map(\.refusal) == [.malformedPayload])
            #expect(malformed.map(\.payload) == [Data([0, 1, 2])])
            #expect(rejected.allSatisfy { $0.site.hasPrefix("LHB") })
            let values: [Double] = try await plant.store.database.owner.query("SELECT value FROM readings")
                .map { try $0["value"] }
            #expect(values == [20])
        }
    }

    // MARK: - Restarts

    @Test func restartsDoNotChangeTheResults() async throws {
        let records = Recording.records
        let undisturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                try await plant.send(records)
                try await plant.untilStored(records.count)
            }
        }
        let disturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                // The first batch leaves a snapshot and the second does not, so that there is something to replay.
                for range in [0..<10, 10..<60] {
                    try await plant.send(Array(records[range]))
                    try await plant.untilStored(range.upperBound)
                }
            }
            let instance = plant.start()
            try await plant.send(Array(records[60..<70]))
            try await plant.untilStored(70)
            // The instance stops between its two transactions: the records are written and committed, but not stored.
            try await plant.store.database.transaction { tx in
                try await tx.execute("LOCK TABLE partition_progress IN EXCLUSIVE MODE")
                let before = try await plant.events(TelemetryValidated.self).count
                try await plant.send(Array(records[70..<120]))
                try await eventually("a commit") {
                    try await plant.events(TelemetryValidated.self).count > before ? () : nil
                }
                await instance.stop()
            }
            let stored = try await plant.stored()
            #expect(stored == 70)
            try await plant.processing { _ in
                try await plant.send(Array(records[120...]))
                try await plant.untilStored(records.count)
            }
        }
        #expect(undisturbed.alerts.count > 20)
        #expect(undisturbed.cleared.count > 3)
        #expect(undisturbed.rejected.count > 5)
        #expect(undisturbed.readings.count > 1000)
        #expect(undisturbed.windows.count > 20)
        #expect(disturbed.readings == undisturbed.readings)
        #expect(disturbed.windows == undisturbed.windows)
        #expect(disturbed.told == undisturbed.told)
        #expect(disturbed.alerts == undisturbed.alerts)
        #expect(disturbed.cleared == undisturbed.cleared)
        #expect(disturbed.validated == undisturbed.validated)
        #expect(disturbed.rejected == undisturbed.rejected)
    }

    /// As after an upgrade with another snapshot format, and after its rollback.
    @Test(arguments: [#"{"version": 2, "windows": "otherwise"}"#, #"{"offset": 7, "assets": {}}"#])
    func aSnapshotOfAnotherVersionIsRebuiltFromTheLog(foreign: String) async throws {
        let records = Recording.records
        let undisturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                try await plant.send(records)
                try await plant.untilStored(records.count)
            }
        }
        let disturbed = try await Recording.outcome { plant in
            try await plant.processing { _ in
                try await plant.send(Array(records[..<60]))
                try await plant.untilStored(60)
            }
            let snapshots = try await plant.store.database.execute(
                "UPDATE partition_progress SET snapshot = \(Array(foreign.utf8)) WHERE snapshot IS NOT NULL"
            )
            #expect(snapshots > 0)
            try await plant.processing { _ in
                try await plant.send(Array(records[60...]))
                try await plant.untilStored(records.count)
            }
        }
        #expect(disturbed.readings == undisturbed.readings)
        #expect(disturbed.windows == undisturbed.windows)
        #expect(disturbed.validated == undisturbed.validated)
        #expect(disturbed.rejected == undisturbed.rejected)
    }

    /// A newer build of ingest was deployed first.
    @Test func readingsOfANewerSchemaWaitUntilItIsKnown() async throws {
        try await Plant.run { plant in
            try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
            try await plant.send([Recording.one(at: 1)])
            let ours = TelemetryEncoding.encode(Recording.one(at: 2))
            let newer: [UInt8] = [0, 0, 0, 3, 232] + ours[5...]
            let key = Array(Recording.one(at: 2).key.utf8)
            try await plant.write([KafkaRecord(topic: Topic.telemetryRaw.name, key: key, value: newer)])
            try await plant.processing { pipeline in
                try await eventually("the wait to be reported") {
                    pipeline.reason.contains("telemetry.raw waits: the value names schema 1000") ? () : nil
                }
                let entry = try #require(SchemaCatalog.committed.get()[TelemetryReceived.name])
                plant.daemon.schemas.learned.learn(try .init(name: "telemetry.received.v2", id: 1000, text: entry.text))
                try await plant.untilStored(2)
            }
            let rejected = try await plant.events(TelemetryRejected.self)
            #expect(rejected.isEmpty)
        }
    }

    // MARK: - Another log

    @Test func withAnotherLogNothingIsProcessedAndTheReasonIsReported() async throws {
        try await Plant.run { plant in
            try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
            try await plant.processing { _ in
                try await plant.send((1...3).map { Recording.one(at: $0) })
                try await plant.untilStored(3)
            }
            try await Plant.withLog(plant.store.database) { plant in
                try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
                try await plant.send([Recording.one(at: 4)])
                try await plant.processing { pipeline in
                    let reason = try await eventually("a refusal") {
                        let reason = pipeline.reason
                        return reason.contains("is stored up to 3") ? reason : nil
                    }
                    #expect(reason.hasSuffix("and committed up to nowhere, but the log is at 1"))
                }
                let told = try await plant.events(TelemetryValidated.self)
                #expect(told.isEmpty)
                // ADR 9 tells the person to do this.
                try await plant.store.database.execute("DELETE FROM partition_progress")
                try await plant.processing { _ in try await plant.untilStored(1) }
                let rows = try await plant.rows("readings")
                #expect(rows.count == 4)
            }
        }
    }
}

extension Pipeline {
    /// Why the daemon is not ready; empty if it is ready.
    fileprivate var reason: String {
        do {
            try check()
            return ""
        } catch {
            return "\(error)"
        }
    }
}
