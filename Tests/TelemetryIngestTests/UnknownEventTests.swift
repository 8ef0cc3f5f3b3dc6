import EventSchema
import Foundation
import LocalServers
import MQTT
import ServiceKit
import TestSupport
import Testing

/// A quality that a newer edge agent writes is passed on as `uncertain`: only the ingest can count it.
@Suite(.timeLimit(.minutes(10))) struct UnknownEventTests {
    @Test func unknownQualitiesAreCounted() async throws {
        let station = try await Station(in: TestServers.directory.appending(path: "station-\(UUID())"))
        let newer = try NewerSchema("telemetry.batch.v2", id: 993, of: TelemetryBatch.name, renaming: "good")
        try await TopicSetup.ensure([.schemas], station.kafka, replicationFactor: 1, logger: quiet)
        try await station.write(newer.announcement())
        let daemon = try await station.startIngest()
        let site = try station.site()
        let batches = Batches()
        var sequence: Int64 = 0
        let count = try await eventually("a count") { () -> Int? in
            // The daemon refuses what arrives before it knows the schema.
            sequence += 1
            let payload = newer.framing(batches[sequence...sequence][0].payload)
            try await site.publish([MQTTMessage(topic: "telemetry/LHB", payload: payload)])
            let count = try await station.metric("events_unknown_symbols_total")
            return count > 0 ? count : nil
        }
        #expect(count % 8 == 0)
        site.close()
        await station.stop(daemon.process, station.broker.process)
    }
}
