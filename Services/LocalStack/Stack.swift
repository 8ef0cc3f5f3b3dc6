import Foundation
import LocalServers
import Postgres

/// The fleet and its servers under `.local/`.
struct Stack: Sendable {
    let directory: URL
    private let clock = ContinuousClock()

    init() {
        directory = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: ".local")
    }

    /// A port, by default or as `DCMMS_<NAME>_PORT` says.
    func port(_ name: String) -> Int {
        let variable = ProcessInfo.processInfo.environment["DCMMS_\(name.variable)_PORT"]
        return variable.flatMap { Int($0) } ?? Self.ports[name] ?? 0
    }

    var gateway: String { "http://127.0.0.1:\(port("gateway"))" }

    private static let ports = [
        "postgres": 15432, "redis": 16379, "mosquitto": 18883, "broker": 19092, "smtp": 12525, "gateway": 8080,
        "auth": 8081, "work-orders": 8082, "assets": 8083, "mobile-sync": 8084, "notification": 8085,
        "telemetry-ingest": 8086, "stream-processor": 8087, "ml-scoring": 8088,
    ]

    static let servers = ["postgres", "redis", "mosquitto", "broker", "smtp"]
    static let daemons = [
        "auth", "assets", "work-orders", "notification", "stream-processor", "telemetry-ingest", "mobile-sync",
        "ml-scoring", "gateway",
    ]
    /// Services with a database, and a role of the same name that owns it.
    private static let databases = [
        "auth", "assets", "work-orders", "notification", "stream-processor", "mobile-sync", "ml-scoring",
    ]

    // MARK: - Commands

    func up() async throws {
        // Two commands at once would start everything twice.
        let lock = try StackLock(directory)
        defer { lock.release() }
        do {
            try await step("PostgreSQL on \(port("postgres"))") {
                try await ensure("postgres") {
                    try await PostgresServer.start(
                        in: serverDirectory,
                        port: port("postgres"),
                        lifetime: .detached,
                        isDurable: true
                    ).process
                }
                try await createDatabases()
            }
            try await step("Redis on \(port("redis"))") {
                try await ensure("redis") {
                    try await RedisServer.start(in: serverDirectory, port: port("redis"), lifetime: .detached).process
                }
            }
            try await step("Mosquitto on \(port("mosquitto")) with TLS") {
                let authority = try await CertificateAuthority(in: certificates)
                _ = try await authority.issue("telemetry-ingest")
                try await ensure("mosquitto") {
                    try await MosquittoServer.start(
                        in: serverDirectory,
                        port: port("mosquitto"),
                        authority: authority,
                        lifetime: .detached
                    ).process
                }
            }
            try await step("dcmms-broker on \(port("broker"))") {
                try await ensure("broker") {
                    try await BrokerServer.start(in: serverDirectory, port: port("broker"), lifetime: .detached).process
                }
            }
            try await step("the mail server on \(port("smtp"))") {
                try await ensure("smtp") {
                    try await MailServer.start(in: serverDirectory, port: port("smtp"), lifetime: .detached).process
                }
            }
            try await step("the nine daemons") { try await startDaemons() }
        } catch {
            // Nothing half started is left behind.
            await down()
            throw error
        }
    }

    func down() async {
        await withTaskGroup(of: Void.self) { group in
            for name in Self.daemons { group.addTask { await RunFile(name, in: serverDirectory).stop() } }
        }
        for name in Self.servers.reversed() {
            await RunFile(name, in: serverDirectory).stop(signal: name == "postgres" ? SIGINT : SIGTERM)
        }
        say("nothing of dCMMS runs any more")
    }

    func printStatus() {
        for name in Self.servers + Self.daemons {
            let pid = RunFile(name, in: serverDirectory).runningPID
            let state = pid.map { "runs as process \($0)" } ?? "does not run"
            say("\(String(name.padding(toLength: 18, withPad: " ", startingAt: 0))) port \(port(name))  \(state)")
        }
    }

    func printLogs(of name: String?, lines: Int) {
        for name in name.map({ [$0] }) ?? Self.servers + Self.daemons {
            let log = serverDirectory.appending(path: "\(name).log")
            guard let text = try? String(contentsOf: log, encoding: .utf8) else { continue }
            say("== \(name)")
            for line in text.split(separator: "\n").suffix(lines) { say(String(line)) }
        }
    }

    // MARK: - Parts

    var serverDirectory: URL { directory.appending(path: "run") }
    var certificates: URL { directory.appending(path: "certificates") }

    /// Does something, says how long it took, and tells what it returns below.
    func tell(_ what: String, _ body: () async throws -> [String]) async throws {
        let start = clock.now
        let details = try await body()
        let elapsed = (clock.now - start).formatted(
            .units(allowed: [.seconds, .milliseconds], width: .narrow, maximumUnitCount: 1)
        )
        say("  \(what) (\(elapsed))")
        for detail in details { say("      \(detail)") }
    }

    /// Does something and says how long it took.
    func step(_ what: String, _ body: () async throws -> Void) async throws {
        try await tell(what) {
            try await body()
            return []
        }
    }

    private func ensure(_ name: String, _ start: () async throws -> ServerProcess) async throws {
        let file = RunFile(name, in: serverDirectory)
        guard file.runningPID == nil else { return }
        try file.remember(try await start().pid)
    }

    private func createDatabases() async throws {
        let url = "postgres://dcmms@127.0.0.1:\(port("postgres"))/postgres"
        let administrator = Database(url: url, maximumConnections: 1)
        for name in Self.databases.map({ $0.replacing("-", with: "_") }) {
            if try await administrator.first("SELECT 1 FROM pg_roles WHERE rolname = \(name)") == nil {
                try await administrator.execute(SQL(stringLiteral: "CREATE ROLE \(name) LOGIN"))
            }
            if try await administrator.first("SELECT 1 FROM pg_database WHERE datname = \(name)") == nil {
                try await administrator.execute(SQL(stringLiteral: "CREATE DATABASE \(name) OWNER \(name)"))
            }
        }
        await administrator.close()
    }

    private func startDaemons() async throws {
        var started: [DaemonServer] = []
        for name in Self.daemons where RunFile(name, in: serverDirectory).runningPID == nil {
            let daemon = try await DaemonServer.start(
                name,
                port: port(name),
                environment: environment(of: name),
                in: serverDirectory,
                lifetime: .detached
            )
            try RunFile(name, in: serverDirectory).remember(daemon.process.pid)
            started.append(daemon)
        }
        for daemon in started { try await daemon.untilReady() }
    }

    private func environment(of name: String) -> [String: String] {
        var environment = ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(port("broker"))"]
        if Self.databases.contains(name) {
            let role = name.replacing("-", with: "_")
            environment["DATABASE_URL"] = "postgres://\(role)@127.0.0.1:\(port("postgres"))/\(role)"
        }
        if ["auth", "assets", "gateway", "ml-scoring"].contains(name) {
            environment["REDIS_URL"] = "redis://127.0.0.1:\(port("redis"))"
        }
        switch name {
        case "auth":
            environment["AUTH_BOOTSTRAP_TENANT"] = Credentials.tenant
            environment["AUTH_BOOTSTRAP_EMAIL"] = Credentials.administrator.email
            environment["AUTH_BOOTSTRAP_PASSWORD"] = Credentials.administrator.password
        case "notification":
            environment["SMTP_URL"] = "smtp://127.0.0.1:\(port("smtp"))"
        case "telemetry-ingest":
            environment["MQTT_URL"] = "mqtts://127.0.0.1:\(port("mosquitto"))"
            environment["MQTT_CA_FILE"] = certificates.appending(path: "ca.crt").path
            environment["MQTT_CERT_FILE"] = certificates.appending(path: "telemetry-ingest.crt").path
            environment["MQTT_KEY_FILE"] = certificates.appending(path: "telemetry-ingest.key").path
        case "ml-scoring":
            environment["ML_MODEL_FILE"] = directory.appending(path: "models/failure.json").path
        case "gateway":
            // A demo looks more often than a person does.
            environment["GATEWAY_REQUESTS_PER_MINUTE"] = "1200"
            for upstream in Self.daemons where upstream != "gateway" && upstream != "telemetry-ingest" {
                environment["GATEWAY_\(upstream.variable)_URL"] = "http://127.0.0.1:\(port(upstream))"
            }
        default: break
        }
        return environment
    }
}

/// Keeps two commands from working on one stack.
private struct StackLock {
    private let descriptor: Int32

    struct Busy: Error, CustomStringConvertible {
        let description = "another `make up`, `make demo` or `make down` is at work here"
    }

    init(_ directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        descriptor = open(directory.appending(path: "lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Busy() }
    }

    func release() {
        close(descriptor)
    }
}

/// Who can log in to the local stack.
enum Credentials {
    static let tenant = "Demo Renewables"
    static let administrator = (email: "admin@demo.example", password: "local-demo-admin")
    static let supervisor = (email: "supervisor@demo.example", password: "local-demo-supervisor")
    static let technician = (email: "technician@demo.example", password: "local-demo-technician")
}
