import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import MQTT
import Postgres
import TestSupport
import Testing

/// What happens to readings when processes between the site and the log are killed.
@Suite(.timeLimit(.minutes(10))) struct DeliveryTests {
    private let directory = TestServers.directory.appending(path: "station-\(UUID())")

    @Test func aDaemonKilledBeforeTheLogAcknowledgesGetsTheBatchAgain() async throws {
        let station = try await Station(in: directory)
        let batches = Batches()
        let killed = try await station.startIngest()
        // From now on, nothing that the daemon reads can reach the log.
        await station.broker.process.kill()
        let site = try station.site()
        try await site.publish(batches[1...50])
        _ = try await eventually("the daemon to have read") { try await station.messagesRead() > 0 ? true : nil }
        await killed.process.kill()

        let broker = try await station.restartBroker()
        let second = try await station.startIngest()
        // Only Mosquitto still has them, since the site published each batch once.
        #expect(try await station.sequences(atLeast: 50).sorted() == Array(1...50))

        // Batches that the log has acknowledged are not delivered again. The marker batch comes after everything that Mosquitto
        // still has.
        await second.process.stop()
        let third = try await station.startIngest()
        try await site.publish(batches[51...51])
        #expect(try await station.sequences(atLeast: 51).sorted() == Array(1...51))
        site.close()
        await station.stop(third.process, broker.process)
    }

    /// The site publishes twice, and the log's acknowledgement comes only after the daemon is dead.
    @Test func repeatedBatchesTakeEffectOnce() async throws {
        let station = try await Station(in: directory)
        let (processor, database) = try await startProcessor(of: station)
        let killed = try await station.startIngest()
        let site = try station.site()
        let batches = Batches()
        try await site.publish(batches[1...20])
        try await site.publish(batches[1...20])
        #expect(try await station.sequences(atLeast: 40).sorted() == (1...20).flatMap { [$0, $0] })

        let read = try await station.messagesRead()
        // When the log continues, it stores the batches, but the daemon is no longer there to get the acknowledgement.
        kill(station.broker.process.pid, SIGSTOP)
        try await site.publish(batches[21...40])
        _ = try await eventually("the daemon to have read") { try await station.messagesRead() > read ? true : nil }
        await killed.process.kill()
        kill(station.broker.process.pid, SIGCONT)
        let again = try await station.startIngest()
        try await site.publish(batches[41...41])

        _ = try await eventually("the last reading to be stored") {
            try await count("SELECT count(*) AS n FROM readings", database) >= 41 * 8 ? true : nil
        }
        #expect(Set(try await station.sequences(atLeast: 61)) == Set(1...41))
        #expect(try await count("SELECT count(*) AS n FROM readings", database) == 41 * 8)
        #expect(try await count("SELECT count(DISTINCT time) AS n FROM readings", database) == 41 * 8)
        site.close()
        await database.close()
        await station.stop(again.process, processor.process, station.broker.process)
    }

    /// Starts the stream processor with a database, and publishes the sensor of the batches.
    private func startProcessor(of station: Station) async throws -> (DaemonServer, Database) {
        let postgres = try await TestServers.postgres()
        let name = "station_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        let access = try await postgres.makeDatabase(name)
        let environment = access.merging(["KAFKA_BOOTSTRAP_SERVERS": station.broker.bootstrap]) { $1 }
        let daemon = try await DaemonServer.start(
            "stream-processor",
            port: try Port.free(),
            environment: environment,
            in: directory
        )
        try await daemon.untilReady()
        let sensor = SensorState(
            id: .new(),
            tenant: .new(),
            site: .new(),
            siteCode: "LHB",
            asset: .new(),
            assetCode: "INV-1",
            tag: "temperature",
            unit: "Cel",
            minimum: nil,
            maximum: nil,
            version: 1
        )
        try await station.publish(sensor)
        let database = Database(url: postgres.url(database: name, user: TestRole.owner), maximumConnections: 1)
        _ = try await eventually("the sensor to be known") {
            try await count("SELECT count(*) AS n FROM assets", database) == 1 ? true : nil
        }
        return (daemon, database)
    }

    private func count(_ sql: SQL, _ database: Database) async throws -> Int {
        try await database.query(sql)[0]["n"]
    }
}
