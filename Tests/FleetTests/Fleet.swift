import AsyncHTTPClient
import EventSchema
import Foundation
import Kafka
import LocalFleet
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// A whole fleet on free ports with its own servers, which end with the test.
actor Fleet {
    static let services = DaemonSpec.all.map(\.name)
    static let databases = DaemonSpec.all.filter { $0.database != nil }.map(\.name)
    static let administrator = (email: "admin@fleet.example", password: "correct horse battery")

    let directory: URL
    private let postgres: PostgresServer
    private let redis: RedisServer
    private let mosquitto: MosquittoServer
    private var broker: BrokerServer
    private let brokerOptions: [String]
    private let mail: MailServer
    private let authority: CertificateAuthority
    private let ports: [String: Int]
    private var daemons: [String: DaemonServer] = [:]

    /// Starts everything, runs `body`, and ends everything afterwards in any case.
    static func run(_ body: (Fleet) async throws -> Void) async throws {
        let fleet = try await Fleet()
        do {
            for service in services { try await fleet.start(service) }
            for service in services { try await fleet.ready(service) }
            try await body(fleet)
        } catch {
            let words = await fleet.lastWords
            await fleet.stop()
            throw Failure(description: "\(error)\n\(words)")
        }
        await fleet.stop()
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private init() async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "dcmms-fleet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        postgres = try await PostgresServer.start(in: directory)
        redis = try await RedisServer.start(in: directory)
        authority = try await CertificateAuthority(in: directory.appending(path: "certificates"))
        _ = try await authority.issue(MosquittoServer.ingest)
        mosquitto = try await MosquittoServer.start(in: directory, authority: authority)
        brokerOptions = ["--access", try await Self.accessFile(in: directory).path]
        broker = try await BrokerServer.start(in: directory, options: brokerOptions)
        mail = try await MailServer.start(in: directory)
        var ports: [String: Int] = [:]
        for service in Self.services { ports[service] = try Port.free() }
        self.ports = ports
        let administrator = Database(url: postgres.url(database: "postgres"), maximumConnections: 1)
        for name in Self.databases.map({ $0.replacing("-", with: "_") }) {
            // Each service has two roles, as in every deployment: one owns its database and tables, and the daemon runs as the
            // other.
            try await administrator.execute(SQL(stringLiteral: "CREATE ROLE \(name) LOGIN"))
            try await administrator.execute(SQL(stringLiteral: "CREATE ROLE \(name)_owner LOGIN"))
            try await administrator.execute(SQL(stringLiteral: "CREATE DATABASE \(name) OWNER \(name)_owner"))
            try await administrator.execute(SQL(stringLiteral: "REVOKE CONNECT ON DATABASE \(name) FROM PUBLIC"))
            try await administrator.execute(SQL(stringLiteral: "GRANT CONNECT ON DATABASE \(name) TO \(name)"))
        }
        await administrator.close()
    }

    // MARK: - Daemons

    func start(_ service: String) async throws {
        daemons[service] = try await DaemonServer.start(
            service,
            port: ports[service] ?? 0,
            environment: environment(of: service),
            in: directory
        )
    }

    func ready(_ service: String) async throws {
        try await daemons[service]?.untilReady()
    }

    /// Kills a daemon, as a power cut does, and starts it again.
    func crash(_ service: String) async throws {
        await daemons[service]?.process.kill()
        try await start(service)
    }

    /// Does the same with the log that all services use.
    func crashBroker() async throws {
        await broker.process.kill()
        broker = try await BrokerServer.start(in: directory, port: broker.port, options: brokerOptions)
    }

    private func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for daemon in daemons.values { group.addTask { await daemon.process.stop() } }
        }
        for process in [mail.process, broker.process, mosquitto.process, redis.process, postgres.process] {
            await process.stop()
        }
        try? FileManager.default.removeItem(at: directory)
    }

    private var lastWords: String {
        daemons.sorted { $0.key < $1.key }.map { "== \($0.key)\n\($0.value.process.lastWords)" }.joined(separator: "\n")
    }

    /// Every daemon has its own identity at the log, with the rights that the catalogue says; the tests have all.
    private static func accessFile(in directory: URL) async throws -> URL {
        let broker = Executables.path("dcmms-broker")
        let line = try await Executables.run("/bin/sh", ["-c", "echo \(kafkaPassword) | '\(broker)' user NAME"])
        let verifier = try #require(line.split(whereSeparator: \.isWhitespace).last)
        let users = (services + [tester]).map { "user \($0) \(verifier)" }
        let file = directory.appending(path: "access")
        let lines = users + ["super \(tester)"] + DaemonSpec.all.flatMap(\.accessLines)
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        return file
    }

    static let kafkaPassword = "a-password-of-the-log"
    static let tester = "tester"

    /// The log's address and a login as one of its users.
    func kafka(as user: String) -> KafkaSettings {
        KafkaSettings(
            bootstrapServers: broker.bootstrap,
            clientID: "test",
            properties: [
                "security.protocol": "sasl_plaintext", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": user,
                "sasl.password": Self.kafkaPassword,
            ],
            logger: Logger(label: "test")
        )
    }

    private static let linkKeys = String(repeating: "fleet-test", count: 4)

    private func environment(of service: String) -> [String: String] {
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "KAFKA_SECURITY_PROTOCOL": "sasl_plaintext",
            "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "KAFKA_SASL_USERNAME": service,
            "KAFKA_SASL_PASSWORD": Self.kafkaPassword, "REDIS_URL": redis.url,
        ]
        if Self.databases.contains(service) {
            let name = service.replacing("-", with: "_")
            environment["DATABASE_URL"] = postgres.url(database: name, user: name)
            environment["DATABASE_OWNER_URL"] = postgres.url(database: name, user: "\(name)_owner")
        }
        switch service {
        case "auth":
            environment["AUTH_BOOTSTRAP_TENANT"] = "Fleet"
            environment["AUTH_BOOTSTRAP_EMAIL"] = Self.administrator.email
            environment["AUTH_BOOTSTRAP_PASSWORD"] = Self.administrator.password
            environment["AUTH_SESSIONS_PER_USER"] = "100"
            environment["LINK_KEYS"] = Self.linkKeys
            environment["BROWSER_KEYS"] = Self.linkKeys
            environment["PUBLIC_URL"] = gateway
            // Keys that take turns fail no request, in any of these tests.
            environment["AUTH_KEY_SECONDS"] = "16"
            environment["AUTH_KEY_NOTICE_SECONDS"] = "10"
        case "work-orders":
            environment["OBJECT_STORE_FOLDER"] = directory.appending(path: "objects").path
            environment["WEBHOOK_KEYS"] = Self.linkKeys
        case "stream-processor":
            environment["STREAM_IDLE_SECONDS"] = "3"
            // The measurements keep their original times.
            environment["STREAM_MAXIMUM_AGE_DAYS"] = "36500"
        case "notification":
            environment["SMTP_URL"] = "smtp://127.0.0.1:\(mail.port)"
            environment["LINK_KEYS"] = Self.linkKeys
        case "telemetry-ingest":
            environment["MQTT_URL"] = mosquitto.url
            environment["MQTT_CA_FILE"] = authority.certificate.path
            environment["MQTT_CERT_FILE"] = directory.appending(path: "certificates/\(MosquittoServer.ingest).crt").path
            environment["MQTT_KEY_FILE"] = directory.appending(path: "certificates/\(MosquittoServer.ingest).key").path
        case "gateway":
            environment["GATEWAY_REQUESTS_PER_MINUTE"] = "100000"
            environment["BROWSER_KEYS"] = Self.linkKeys
            environment["PUBLIC_URL"] = gateway
            for upstream in Self.services {
                environment["GATEWAY_\(upstream.variable)_URL"] = "http://127.0.0.1:\(ports[upstream] ?? 0)"
            }
        default: break
        }
        return environment
    }

    // MARK: - Queries

    nonisolated var gateway: String { "http://127.0.0.1:\(ports["gateway"] ?? 0)" }

    nonisolated func port(_ service: String) -> Int { ports[service] ?? 0 }

    func process(_ service: String) throws -> ServerProcess {
        guard let daemon = daemons[service] else { throw Failure(description: "\(service) does not run") }
        return daemon.process
    }

    /// Runs an operator's command of a daemon, and returns what it printed.
    func command(_ service: String, _ arguments: [String]) async throws -> String {
        try await Tool.run([Executables.path("dcmms-\(service)")] + arguments, environment: environment(of: service))
    }

    var bootstrap: String { broker.bootstrap }

    /// What the daemons and the log have written.
    func logs() throws -> [(name: String, text: String)] {
        try (Self.services + ["broker"]).map { name in
            let file = ServerLog(name, in: directory).file
            return (name, String(decoding: try Data(contentsOf: file), as: UTF8.self))
        }
    }

    func mails() throws -> [String] { try mail.mails() }

    /// How many mails there are. One that was sent again, because the daemon was killed before it noted that it had sent it, has the same id
    /// and counts once.
    func differentMails() throws -> Int {
        Set(
            try mails().map { mail in
                mail.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("message-id:") } ?? ""
            }
        ).count
    }

    /// A number from a service's database.
    func count(_ service: String, _ sql: SQL) async throws -> Int {
        try await rows(service, sql)[0]["n"]
    }

    func rows(_ service: String, _ sql: SQL) async throws -> [Row] {
        let database = Database(
            url: postgres.url(database: service.replacing("-", with: "_")),
            maximumConnections: 1
        )
        do {
            let rows = try await database.query(sql)
            await database.close()
            return rows
        } catch {
            await database.close()
            throw error
        }
    }

    /// All current records of a topic.
    func records(_ topic: Topic) async throws -> [KafkaMessage] {
        let settings = kafka(as: Self.tester)
        let partitions = (0..<topic.partitions).map { TopicPartition(topic: topic.name, partition: Int32($0)) }
        let reader = try KafkaConsumer(settings, reading: Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) }))
        var found: [KafkaMessage] = []
        var ended: Set<TopicPartition> = []
        while ended.count < partitions.count, let event = try await reader.next() {
            switch event {
            case .records(let records): found += records
            case .reachedEnd(let partition, _): ended.insert(partition)
            default: break
            }
        }
        await reader.close()
        return found
    }

    /// Publishes measurements as the agent of a site does.
    func replay(_ file: URL, format: String, site: String, extra: [String] = []) async throws {
        let (certificate, key) = try await authority.issue(site)
        _ = try await Executables.run(
            "dcmms-edge",
            [
                "replay", "--file", file.path, "--format", format, "--site", site, "--mqtt", mosquitto.url,
                "--ca", authority.certificate.path, "--cert", certificate.path, "--key", key.path, "--buffer",
                directory.appending(path: "edge-\(UUID().uuidString)").path,
            ] + extra
        )
    }
}

/// A client of the gateway. As a person's app does, it sends a request again that a service refuses only for now, and proves once more who its
/// person is when that is asked for: a test of an hour on a busy machine is not a test of five minutes.
struct API: Sendable {
    let base: String
    private(set) var token = ""
    private(set) var agent = ""
    private var password = ""

    init(base: String, token: String = "", agent: String = "") {
        (self.base, self.token, self.agent) = (base, token, agent)
    }

    func login(_ who: (email: String, password: String)) async throws -> API {
        let (_, body) = try await send("POST", "/api/v1/auth/login", ["email": who.email, "password": who.password])
        var person = API(base: base, token: body["accessToken"] as? String ?? "", agent: agent)
        person.password = who.password
        return person
    }

    func items(_ path: String) async throws -> [[String: Any]] {
        try await send("GET", path).body["items"] as? [[String: Any]] ?? []
    }

    /// Makes something that names records of other services, and people. What was made a moment ago may not have left its service yet, on
    /// a busy machine: records of different topics arrive in any order.
    func make(_ path: String, _ body: [String: Any]) async throws -> [String: Any] {
        try await eventually("\(path) to be made", every: .milliseconds(100)) {
            let (status, answer) = try await send("POST", path, body)
            let code = answer["code"] as? String ?? ""
            if ["unknown_asset", "unknown_assignee"].contains(code) { return nil as Made? }
            guard status == 201 else { throw NotMade(description: "POST \(path): \(status) \(answer)") }
            return Made(answer: answer)
        }.answer
    }

    private struct Made: @unchecked Sendable { let answer: [String: Any] }

    struct NotMade: Error, CustomStringConvertible { let description: String }

    /// What a service says while it is behind or has too much to do.
    private static let passing: Set<String> = ["busy", "overloaded", "outbox_busy", "log_slow", "replica_behind"]

    @discardableResult
    func send(
        _ method: String,
        _ path: String,
        _ body: [String: Any]? = nil,
        headers: [String: String] = [:]
    ) async throws -> (status: UInt, body: [String: Any]) {
        let limit = ContinuousClock.now + .seconds(30)
        while true {
            let answer = try await sendOnce(method, path, body, headers: headers)
            let code = answer.body["code"] as? String ?? ""
            if answer.status == 503, Self.passing.contains(code), ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(500))
            } else if code == "step_up_required", !password.isEmpty {
                let proof = try await sendOnce("POST", "/api/v1/auth/step-up", ["password": password])
                guard let token = proof.body["accessToken"] as? String else { return answer }
                let proved = API(base: base, token: token, agent: agent)
                return try await proved.sendOnce(method, path, body, headers: headers)
            } else {
                return answer
            }
        }
    }

    /// Sends bytes as they are.
    func upload(_ path: String, _ bytes: [UInt8]) async throws -> (status: UInt, body: [String: Any]) {
        try await execute("PUT", path, bytes, headers: [:])
    }

    private func sendOnce(
        _ method: String,
        _ path: String,
        _ body: [String: Any]?,
        headers: [String: String] = [:]
    ) async throws -> (status: UInt, body: [String: Any]) {
        let bytes = try body.map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
        return try await execute(method, path, bytes.map(Array.init), headers: headers)
    }

    private func execute(
        _ method: String,
        _ path: String,
        _ body: [UInt8]?,
        headers: [String: String]
    ) async throws -> (status: UInt, body: [String: Any]) {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        if !token.isEmpty { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if !agent.isEmpty { request.headers.add(name: "user-agent", value: agent) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 10 << 20)
        let object = (try? JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))) as? [String: Any]
        return (response.status.code, object ?? [:])
    }
}
