import APIDocuments
import Access
import EventSchema
import Foundation
import Hummingbird
import Identifiers
import Kafka
import LocalServers
import Logging
import NIOCore
import RedisClient
import Sealing
import ServiceKit
import ServiceLifecycle
import TestSupport
import Testing

@testable import Gateway

/// A gateway with live updates, over a broker.
struct LiveGateway: Sendable {
    let port: Int
    let hub: LiveHub
    let daemon: Daemon

    /// What `/metrics` shows.
    var metrics: String { daemon.metrics.render() }
}

/// A log, and those who may follow it. Several gateways can read the same one.
struct LiveSite: Sendable {
    static let everything = "operator"

    let broker: BrokerServer
    let authority: TestAuthority
    let producer: KafkaProducer

    var kafka: KafkaSettings {
        KafkaSettings(
            bootstrapServers: broker.bootstrap,
            clientID: "test",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Starts a broker, runs `body`, and ends it.
    static func run(_ body: (LiveSite) async throws -> Void) async throws {
        let broker = try await BrokerServer.start(in: TestServers.directory.appending(path: "live-\(UUID())"))
        let authority = try await TestAuthority(roles: [everything: Permission.allCases])
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        try await TopicSetup.ensure(LogPosition.topics, kafka, replicationFactor: 1, logger: quiet)
        let site = LiveSite(broker: broker, authority: authority, producer: try KafkaProducer(kafka))
        let result: Result<Void, any Error>
        do { result = .success(try await body(site)) } catch { result = .failure(error) }
        await site.producer.close()
        await broker.process.stop()
        try result.get()
    }

    func publish(_ events: some Sequence<any Event>, of tenant: TenantID = .sunfield) async throws {
        try await producer.send(try events.map { try record($0, tenant) })
    }

    private func record(_ event: some Event, _ tenant: TenantID) throws -> KafkaRecord {
        try KafkaRecord(event, of: tenant)
    }

    func token(
        _ user: UserID = .new(),
        of tenant: TenantID = .sunfield,
        roles: [String] = [everything],
        session: SessionID = .new(),
        expiresIn: TimeInterval = 900
    ) async throws -> String {
        try await authority.token(user, of: tenant, roles: roles, session: session, expiresIn: expiresIn)
    }

    /// Runs a gateway over the log.
    func gateway(
        _ settings: LiveHub.Settings = LiveHub.Settings(),
        tls: ServerTLS? = nil,
        _ body: (LiveGateway) async throws -> Void
    ) async throws {
        let port = try Port.free()
        let daemon = Daemon.forTests("gateway", authority, kafka: broker.bootstrap, port: port)
        let hub = try LiveHub(daemon, settings)
        let board = FleetBoard(daemon)
        let client = UpstreamClient(timeout: .seconds(1))
        let (redis, keys) = (try Redis(url: try await TestServers.redis().url, timeout: .seconds(30)), BrowserKeys())
        let site = "http://localhost:\(port)"
        let forwarder = Forwarder(
            client: client.http,
            upstreams: [:],
            timeout: .seconds(1),
            concurrency: 1,
            daemon.metrics
        )
        let ingress = Ingress(
            authenticator: authority.authenticator,
            limiter: RateLimiter(
                redis: redis,
                local: LocalLimiter(instances: 1)
            ),
            limits: RateLimits(perMinute: 1_000_000),
            forwarder: forwarder,
            proxies: .nobody,
            table: RouteTable(try APIDocuments.committed()),
            browsers: BrowserSessions(
                store: BrowserStore(redis: redis, keys: keys.sessions),
                auth: AuthClient(forwarder: forwarder, keys: keys, publicURL: site),
                site: CrossSite(origin: site)
            ),
            door: Door(daemon.metrics)
        )
        let router = try daemon.router(
            ingress,
            hub,
            board,
            SecurityHeaders(isTLS: false, proxies: .nobody),
            nil,
            try APIDocuments.committed()
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [client, hub, board, daemon.server(router, tls: tls), LiveEnd(hub: hub)],
                logger: daemon.logger
            )
        )
        async let running: Void = group.run()
        let result: Result<Void, any Error>
        do {
            _ = try await eventually("the gateway to be ready") {
                Port.answers(port) && (try? hub.requireReady()) != nil ? true : nil
            }
            result = .success(try await body(LiveGateway(port: port, hub: hub, daemon: daemon)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running
        try result.get()
    }
}

extension WebSocketClient {
    /// Connects and follows kinds. Returns the answer to that.
    static func following(
        _ kinds: [LiveKind],
        port: Int,
        token: String,
        cursor: String? = nil,
        more: String = ""
    ) async throws -> (client: WebSocketClient, answer: [String: Any]) {
        let client = try await connect(port: port, token: token)
        let words = kinds.map { #""\#($0.rawValue)""# }.joined(separator: ",")
        let place = cursor.map { #","cursor":"\#($0)""# } ?? ""
        client.send(#"{"type":"subscribe","kinds":[\#(words)]\#(place)\#(more)}"#)
        return (client, try await client.json())
    }

    /// The next messages about records: their ids and versions, and the cursor after the last one.
    func events(_ count: Int) async throws -> (records: [Record], cursor: String) {
        var (records, cursor) = ([Record](), "")
        while records.count < count {
            let message = try await json()
            if let text = message["cursor"] as? String { cursor = text }
            guard message["type"] as? String == "event" else { continue }
            records.append(
                Record(id: message["id"] as? String ?? "", version: message["version"] as? Int ?? 0)
            )
        }
        return (records, cursor)
    }

    struct Record: Hashable {
        var id: String
        var version: Int
    }
}

/// A client of server-sent events.
final class EventClient: Sendable {
    struct Event: Hashable {
        var id: String?
        var data: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(data.utf8))) as? [String: Any] ?? [:]
        }
    }

    private let socket: RawSocket
    private let text: Text
    let head: String

    private final class Text: @unchecked Sendable {
        // Safe to share: a client belongs to one test.
        var rest = ""
    }

    /// Blocks.
    init(port: Int, _ path: String, token: String, headers: [String] = []) throws {
        socket = try RawSocket(port: port)
        let lines = ["GET \(path) HTTP/1.1", "Host: case.example", "Authorization: Bearer \(token)"] + headers
        socket.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        text = Text()
        while !text.rest.contains("\r\n\r\n") {
            guard let more = socket.receive(within: 60_000), !more.isEmpty else { break }
            text.rest += String(decoding: more, as: UTF8.self)
        }
        let parts = text.rest.split(separator: "\r\n\r\n", maxSplits: 1)
        head = String(parts.first ?? "")
        text.rest = parts.count > 1 ? String(parts[1]) : ""
    }

    static func open(port: Int, _ path: String, token: String, headers: [String] = []) async throws -> EventClient {
        try await onThread { try EventClient(port: port, path, token: token, headers: headers) }
    }

    /// The next event with data; `nil` at the end. Sizes of chunks lie on lines of their own, so they are passed over.
    func next() async throws -> Event? {
        try await onThread { self.nextBlocking() }
    }

    private func nextBlocking() -> Event? {
        while true {
            while let end = text.rest.firstRange(of: "\n\n") {
                let block = text.rest[..<end.lowerBound]
                text.rest = String(text.rest[end.upperBound...])
                var event = Event(id: nil, data: "")
                for line in block.split(whereSeparator: \.isNewline) {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                }
                if !event.data.isEmpty { return event }
            }
            guard let more = socket.receive(within: 60_000), !more.isEmpty else { return nil }
            text.rest += String(decoding: more, as: UTF8.self)
        }
    }
}
