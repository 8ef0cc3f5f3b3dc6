import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import MQTT
import Postgres
import TestSupport
import Testing

/// What happens to readings when processes are killed between the site and the log.
@Suite(.timeLimit(.minutes(2))) struct DeliveryTests {
    private let directory = TestServers.directory.appending(path: "station-\(UUID())")

    @Test func aDaemonKilledBetweenReadingAndTheLogsAcknowledgementIsGivenTheBatchAgain() async throws {
        let station = try await Station(in: directory)
        let batches = Batches()
        let killed = try await station.startIngest()
        // From here on nothing that the daemon reads can get into the log.
        await station.broker.process.kill()
        let site = try station.site()
        try await site.publish(batches[1...50])
        _ = try await eventually("the daemon to have read") { try await station.messagesRead() > 0 ? true : nil }
        await killed.process.kill()

        let broker = try await station.restartBroker()
        let second = try await station.startIngest()
        // Nobody but Mosquitto has them: the site published each once.
        #expect(try await station.sequences(atLeast: 50).sorted() == Array(1...50))

        // What the log has acknowledged is not delivered again: a marker comes after whatever Mosquitto still has.
        await second.process.stop()
        let third = try await station.startIngest()
        try await site.publish(batches[51...51])
        #expect(try await station.sequences(atLeast: 51).sorted() == Array(1...51))
        site.close()
        await station.stop(third.process, broker.process)
    }

    /// The site publishes twice; and the log acknowledges what it took to a daemon that is dead.
    @Test func whatComesTwiceHasOneEffect() async throws {
        let station = try await Station(in: directory)
        let (processor, database) = try await startProcessor(of: station)
        let killed = try await station.startIngest()
        let site = try station.site()
        let batches = Batches()
        try await site.publish(batches[1...20])
        try await site.publish(batches[1...20])
        #expect(try await station.sequences(atLeast: 40).sorted() == (1...20).flatMap { [$0, $0] })

        let read = try await station.messagesRead()
        // It takes what has been sent when it goes on, but its acknowledgement comes too late.
        kill(station.broker.process.pid, SIGSTOP)
        try await site.publish(batches[21...40])
        _ = try await eventually("the daemon to have read") { try await station.messagesRead() > read ? true : nil }
        await killed.process.kill()
        kill(station.broker.process.pid, SIGCONT)
        let again = try await station.startIngest()
        try await site.publish(batches[41...41])

        _ = try await eventually("the last reading to be stored", within: .seconds(20)) {
            try await count("SELECT count(*) AS n FROM readings", database) >= 41 * 8 ? true : nil
        }
        #expect(Set(try await station.sequences(atLeast: 61)) == Set(1...41))
        #expect(try await count("SELECT count(*) AS n FROM readings", database) == 41 * 8)
        #expect(try await count("SELECT count(DISTINCT time) AS n FROM readings", database) == 41 * 8)
        site.close()
        await database.close()
        await station.stop(again.process, processor.process, station.broker.process)
    }

    /// The stream processor with a database, and with the sensor that the batches are of.
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
