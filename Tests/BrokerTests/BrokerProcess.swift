import Foundation
import Kafka
import LocalServers
import Logging
import Testing

/// A broker for one test, which can kill it and start it again on the same folder.
final class BrokerProcess {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-broker-\(UUID().uuidString)")
    let port: Int
    private let options: [String]
    private var server: BrokerServer

    init(_ options: [String] = []) async throws {
        port = try Port.free()
        self.options = options
        server = try await BrokerServer.start(in: folder, port: port, options: options)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var bootstrap: String { server.bootstrap }
    var log: URL { server.process.log }
    var pid: Int32 { server.process.pid }
    var isRunning: Bool { server.process.isRunning }
    var lastWords: String { server.process.lastWords }

    var settings: KafkaSettings {
        KafkaSettings(
            bootstrapServers: bootstrap,
            clientID: "test",
            // As other clients do. Our daemons create their topics before they use them.
            properties: ["allow.auto.create.topics": "true"],
            logger: Logger(label: "test")
        )
    }

    func killAndRestart() async throws {
        await server.process.kill()
        // The process is a zombie, but the last of its threads may still hold the socket for a moment.
        try await eventually("the killed broker's port") { try? Port.require(port, for: "broker") }
        server = try await BrokerServer.start(in: folder, port: port, options: options)
    }

    /// Asks it to end. If it has not ended after half a minute, as when it waits for its clients, it is killed and the test fails.
    func stop() async {
        await server.process.stop(patience: .seconds(30))
        #expect(lastWords.contains("log closed"))
    }

    func stopAndRestart() async throws {
        await stop()
        try await restart()
    }

    func restart() async throws {
        server = try await BrokerServer.start(in: folder, port: port, options: options)
    }

    func end() async {
        await server.process.kill()
    }

    /// Every value in a partition, up to its end.
    func values(
        _ topic: String,
        partition: Int32 = 0,
        isolation: String = "read_committed"
    ) async throws -> [String] {
        var settings = settings
        settings.properties["isolation.level"] = isolation
        let target = Kafka.TopicPartition(topic: topic, partition: partition)
        let reader = try KafkaConsumer(settings, reading: [target: 0])
        let end = try await reader.ends(of: topic)[target] ?? 0
        var values: [String] = []
        // The end may be a transaction's marker, which is never delivered: our own last record shows where to stop.
        while end > 0, let event = try await reader.next() {
            guard case .records(let records) = event else { continue }
            values += records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            if values.last == "end" { break }
        }
        await reader.close()
        return values.filter { $0 != "end" }
    }

    func send(_ topic: String, _ values: [String]) async throws {
        let producer = try KafkaProducer(settings)
        try await producer.send(values.map { KafkaRecord(topic: topic, key: nil, value: Array($0.utf8)) })
        await producer.close()
    }
}

/// kcat, the independent client, is required: if it is missing the test fails and is not skipped.
func kcat(_ arguments: [String], producing lines: String? = nil) async throws -> String {
    let path = "/usr/bin/kcat"
    try #require(FileManager.default.isExecutableFile(atPath: path), "kcat is missing: apt-get install kcat")
    guard let lines else { return try await Executables.run(path, arguments) }
    let input = FileManager.default.temporaryDirectory.appending(path: "dcmms-kcat-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: input) }
    try lines.write(to: input, atomically: true, encoding: .utf8)
    return try await Executables.run(path, arguments + ["-l", input.path])
}
