import ArgumentParser
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalFleet
import LocalServers
import Logging

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
        try await Bench.withFleet { stack in
            let api = try await API(base: stack.gateway).login(Credentials.administrator)
            guard let token = api.token, let tenant = APISite.tenant(in: token) else {
                throw Refusal("the gateway gives no token with a tenant")
            }
            let gateway = try await Self.gateway(stack, sockets: sockets)
            do {
                try await measure(stack, gateway, token: token, tenant)
            } catch {
                await gateway.process.stop()
                throw error
            }
            await gateway.process.stop()
        }
    }

    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// One of its own, which lets one user have all connections.
    private static func gateway(_ stack: Stack, sockets: Int) async throws -> DaemonServer {
        guard let spec = DaemonSpec.all.first(where: { $0.name == "gateway" }) else { throw Refusal("no gateway") }
        var environment = try spec.environment(in: stack)
        environment["GATEWAY_REQUESTS_PER_MINUTE"] = "1000000"
        for name in ["", "_PER_TENANT", "_PER_USER"] { environment["GATEWAY_LIVE_CONNECTIONS\(name)"] = "\(sockets)" }
        let folder = stack.directory.appending(path: "live")
        let server = try await DaemonServer.start("gateway", port: Port.free(), environment: environment, in: folder)
        try await server.untilReady()
        return server
    }

    private func measure(_ stack: Stack, _ gateway: DaemonServer, token: String, _ tenant: TenantID) async throws {
        let pid = gateway.process.pid
        let idle = ProcessUsage.of(pid).memory
        let crowd = Crowd(port: gateway.port, token: token)
        let began = ContinuousClock.now
        try await crowd.open(sockets)
        let opening = ContinuousClock.now - began
        // What was only needed for the handshakes is given back, or not.
        try await Task.sleep(for: .seconds(20))
        let open = ProcessUsage.of(pid)
        let producer = try KafkaProducer(
            KafkaSettings(
                bootstrapServers: "127.0.0.1:\(stack.port("broker"))",
                clientID: "bench",
                logger: Logger(label: "bench")
            )
        )
        var toAll: [Duration] = []
        for number in 1...events {
            let order = Self.order(tenant, version: Int64(number))
            let record = KafkaRecord(
                topic: Topic.workOrderState.name,
                key: Array(order.key.utf8),
                value: try EventCodec.committed().encode(order)
            )
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
        say("| one connection | \((open.memory - idle) / max(1, sockets) >> 10) KB |")
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
            description: "The string current deviates from its neighbours. Measure it, check the fuses and the connectors.",
            type: .corrective,
            priority: .high,
            status: .open,
            site: SiteID(UUID()),
            asset: AssetID(UUID()),
            assignedTo: nil,
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
