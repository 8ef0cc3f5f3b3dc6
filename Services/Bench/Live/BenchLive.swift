import ArgumentParser
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalFleet
import LocalServers
import Logging
import ServiceKit

/// Measures live updates: how much memory open connections need, and how long it takes until an event has reached all of them.
struct BenchLive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Measures live updates: memory of open sockets, and the time from an event to all of them."
    )

    @Option(help: "Open WebSockets.")
    var sockets = 5000

    @Option(help: "How many events are published.")
    var events = 100

    func run() async throws {
        try Bench.prepare()
        Self.raiseFileLimit()
        let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: ".local/bench/live")
        try? FileManager.default.removeItem(at: folder)
        let broker = try await BrokerServer.start(in: folder)
        let redis = try await RedisServer.start(in: folder)
        let key = APIKeyText(id: UserID(UUID()), secret: UUID().uuidString)
        let tenant = TenantID(UUID())
        try await Self.admit(key, tenant, to: broker)
        let gateway = try await Self.gateway(broker, redis, sockets: sockets, in: folder)
        let result: Result<Void, any Error>
        do {
            result = .success(try await measure(broker, gateway, token: key.text, tenant))
        } catch {
            result = .failure(error)
        }
        for process in [gateway.process, redis.process, broker.process] { await process.stop() }
        try result.get()
    }

    /// Publishes what auth would: a role, a machine's key with it, and a key that signs nothing here.
    private static func admit(_ key: APIKeyText, _ tenant: TenantID, to broker: BrokerServer) async throws {
        let kafka = settings(broker)
        try await TopicSetup.ensure(Topic.all, kafka, replicationFactor: 1, logger: kafka.logger)
        let modulus = Data([0xC1] + (1..<255).map { UInt8($0) } + [0xFF]).base64EncodedString()
        let signing = SigningKeyState(
            kid: "bench",
            algorithm: .rs256,
            modulus: modulus.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""),
            exponent: "AQAB",
            x: "",
            y: "",
            createdAt: Date(timeIntervalSince1970: 1_700_000_000)
        )
        let role = RolePolicyState(
            tenant: nil,
            role: "reader",
            grants: [RoleGrant(permission: "workorder:read", scope: "tenant")],
            conditionalGrants: []
        )
        let machine = APIKeyState(
            id: key.id,
            tenant: tenant,
            hash: Data(key.hash),
            roles: ["reader"],
            sites: [],
            assets: [],
            expiresAt: Date(timeIntervalSince1970: 4_000_000_000)
        )
        let producer = try KafkaProducer(kafka)
        try await producer.send([try record(signing), try record(role), try record(machine)])
        await producer.close()
    }

    private static func settings(_ broker: BrokerServer) -> KafkaSettings {
        KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "bench", logger: Logger(label: "bench"))
    }

    private static func record(_ event: some Event) throws -> KafkaRecord {
        KafkaRecord(
            topic: type(of: event).topic.name,
            key: Array(event.key.utf8),
            value: try EventCodec.committed().encode(event)
        )
    }

    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func gateway(
        _ broker: BrokerServer,
        _ redis: RedisServer,
        sockets: Int,
        in folder: URL
    ) async throws -> DaemonServer {
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis.url,
            "GATEWAY_REQUESTS_PER_MINUTE": "1000000", "LOG_LEVEL": "warning",
        ]
        for spec in DaemonSpec.all where spec.isRouted {
            environment["GATEWAY_\(spec.name.variable)_URL"] = "http://127.0.0.1:1"
        }
        // One client has all connections.
        for name in ["", "_PER_TENANT", "_PER_USER"] { environment["GATEWAY_LIVE_CONNECTIONS\(name)"] = "\(sockets)" }
        let server = try await DaemonServer.start("gateway", port: Port.free(), environment: environment, in: folder)
        try await server.untilReady()
        return server
    }

    private func measure(
        _ broker: BrokerServer,
        _ gateway: DaemonServer,
        token: String,
        _ tenant: TenantID
    ) async throws {
        let pid = gateway.process.pid
        let idle = ProcessUsage.of(pid).memory
        let crowd = Crowd(port: gateway.port, token: token)
        let began = ContinuousClock.now
        try await crowd.open(sockets)
        let opening = ContinuousClock.now - began
        // What was only needed for the handshakes is given back, or not.
        try await Task.sleep(for: .seconds(20))
        let open = ProcessUsage.of(pid)
        let producer = try KafkaProducer(Self.settings(broker))
        var toAll: [Duration] = []
        for number in 1...events {
            let record = try Self.record(Self.order(tenant, version: Int64(number)))
            crowd.expect(number)
            let sent = ContinuousClock.now
            try await producer.send([record])
            try await crowd.untilAllHave(number, within: .seconds(10))
            toAll.append(ContinuousClock.now - sent)
            try await Task.sleep(for: .milliseconds(200))
        }
        await producer.close()
        let after = ProcessUsage.of(pid)
        let each = Latencies(crowd.latencies, missing: sockets * events - crowd.latencies.count)
        let all = Latencies(toAll, missing: 0)
        say("## Live updates: \(sockets) WebSockets of one gateway, \(events) events to all of them\n")
        say("| | |\n|---|---:|")
        say("| opening all of them | \(opening.milliseconds) ms |")
        say("| memory of the gateway: none open | \(idle >> 20) MB |")
        say("| all open, after 20 s | \(open.memory >> 20) MB |")
        say("| after the events | \(after.memory >> 20) MB |")
        say("| one connection | \(((open.memory - idle) / max(1, sockets)) >> 10) KB |")
        for (name, part) in [("p50", 0.5), ("p99", 0.99), ("maximum", 1)] {
            say("| from an event to one client, \(name) | \(each.percentile(part).milliseconds) ms |")
            say("| from an event to all clients, \(name) | \(all.percentile(part).milliseconds) ms |")
        }
        say("| messages that never arrived | \(each.missing) |")
        let cpu = (after.cpu - open.cpu) / (.microseconds(1) * max(1, sockets * events))
        say("| CPU of the gateway per message | \(String(format: "%.1f", cpu)) us |")
        crowd.close()
    }

    private static func order(_ tenant: TenantID, version: Int64) -> WorkOrderState {
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        return WorkOrderState(
            id: WorkOrderID(UUID()),
            tenant: tenant,
            number: "WO-2026-000001",
            title: "Check string 7 of the inverter",
            description:
                "The string current deviates from its neighbours. Measure it, check the fuses and the connectors.",
            type: .corrective,
            priority: .high,
            status: .open,
            phase: .approved,
            site: SiteID(UUID()),
            asset: AssetID(UUID()),
            assignedTo: nil,
            workedBy: [],
            requiredSkills: [],
            scheduledStart: nil,
            scheduledEnd: nil,
            actualStart: nil,
            actualEnd: nil,
            origin: .person,
            originID: nil,
            tasks: [],
            createdAt: now,
            createdBy: nil,
            updatedAt: now,
            version: version
        )
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
