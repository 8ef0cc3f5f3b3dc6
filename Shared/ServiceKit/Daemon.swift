public import Commands
public import EventSchema
public import Foundation
public import Hummingbird
import HummingbirdCore
public import Identifiers
import Kafka
public import Logging
public import ServiceLifecycle
import UnixSignals

/// The parts that every daemon is assembled from.
public struct Daemon: Sendable {
    public let settings: CommonSettings
    public let logger: Logger
    public let metrics: Metrics
    public let health: HealthChecks
    public let spans: SpanExporter
    public let authenticator: Authenticator
    /// Which schemas this build and the others write events with.
    public let schemas: SchemaExchange
    public let topics: FleetTopics
    /// What the fleet's health shows of this instance.
    public let vitals = Vitals()
    private let feed: AuthenticationFeed
    private let teller: EventTeller
    /// Who was refused, and who read something sensitive.
    let access: AccessLog

    /// Runs a daemon from its environment to its end.
    ///
    /// ```swift
    /// @main struct Main {
    ///     static func main() async { await Daemon.run("work-orders", port: 8082, Settings.init, assemble) }
    /// }
    /// ```
    ///
    /// A variable that is missing or malformed ends the process with one line on standard error and status 78 (EX_CONFIG).
    /// SIGTERM and SIGINT end it in an orderly way within ten seconds. `--print-configuration` lists the variables as JSON. With a
    /// command (``OperatorCommands``) it carries that out, and ends.
    ///
    /// - Parameters:
    ///   - readSettings: Reads the daemon's own variables.
    ///   - assemble: Makes the daemon's services, dependencies first.
    public static func run<Settings: Sendable>(
        _ name: String,
        port: Int,
        _ readSettings: (Environment) -> Settings,
        _ assemble: @escaping @Sendable (Settings, Daemon) async throws -> [any Service]
    ) async {
        do {
            let environment = Environment()
            let level = environment.choice(
                .init("LOG_LEVEL", "trace, debug, info, notice, warning, error or critical", default: "info"),
                as: Logger.Level.self
            )
            let command = Self.command
            LoggingSystem.bootstrap {
                // What a command prints is its answer.
                if command != nil { return JSONLogHandler(label: name, level: .error, write: toStandardError) }
                return JSONLogHandler(label: name, level: $0 == "broker" ? .info : level ?? .info)
            }
            let logger = Logger(label: name)
            let common = CommonSettings(environment, service: name, defaultPort: port, logger: logger)
            let endpoint = environment.optionalText(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "the base URL of a trace collector; without it, no traces are sent"
            )
            let registry = environment.value(
                .init(
                    "SCHEMA_REGISTRY_URL",
                    "the base URL of a schema registry, where the schemas of all events are registered; without it, nowhere",
                    default: "",
                    isSecret: true
                ),
                expected: "a URL that begins with http:// or https://"
            ) { $0.isEmpty || $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
            let settings = readSettings(environment)
            if CommandLine.arguments.contains("--print-configuration") {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
                return print(String(decoding: try encoder.encode(environment.keys), as: UTF8.self))
            }
            try environment.check()
            let daemon = Daemon(common, endpoint: endpoint, logger: logger)
            if let command {
                let isDone = try await daemon.perform(command, by: try await assemble(settings, daemon))
                exit(isDone ? 0 : 1)
            }
            let registration = SchemaRegistration(
                url: registry.flatMap { $0.isEmpty ? nil : $0 },
                health: daemon.health,
                logger: logger
            )
            try await daemon.answeringOperators {
                let services = try await assemble(settings, daemon)
                var configuration = ServiceGroupConfiguration(
                    services: [daemon.spans, daemon.schemas, daemon.feed, daemon.teller, daemon.beat, registration]
                        + services
                        + [ReadinessEnd(health: daemon.health)],
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
                configuration.maximumGracefulShutdownDuration = .seconds(9)
                configuration.maximumCancellationDuration = .seconds(1)
                logger.info("started", metadata: ["port": "\(common.port)"])
                try await ServiceGroup(configuration: configuration).run()
            }
            logger.info("stopped")
        } catch let error as ConfigurationError {
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(78)
        } catch {
            FileHandle.standardError.write(Data("\(name): \(String(reflecting: error))\n".utf8))
            exit(1)
        }
    }

    /// The tools without the process around them: for ``run(_:port:_:_:)``, and for tests with an authenticator of their own.
    public init(
        _ settings: CommonSettings,
        endpoint: String? = nil,
        logger: Logger,
        authenticator: Authenticator = Authenticator()
    ) {
        self.settings = settings
        self.logger = logger
        let metrics = Metrics()
        self.metrics = metrics
        health = HealthChecks(metrics)
        spans = SpanExporter(endpoint: endpoint, service: settings.service, metrics: metrics, logger: logger)
        self.authenticator = authenticator
        let schemas = SchemaExchange(
            settings.kafka,
            replicationFactor: settings.replicationFactor,
            metrics: metrics,
            logger: logger
        )
        self.schemas = schemas
        topics = FleetTopics(settings, logger: logger)
        topics.need([.schemas])
        let feed = AuthenticationFeed(
            settings.kafka,
            topics,
            authenticator: authenticator,
            schemas: schemas,
            metrics: metrics,
            logger: logger
        )
        self.feed = feed
        topics.need([.auditEvents, .fleetHealth])
        let teller = EventTeller(settings, topics, schemas, metrics: metrics, logger: logger)
        self.teller = teller
        access = AccessLog(settings.service) { teller.tell($0, tenant: $0.tenant, correlation: $0.cause, at: $0.at) }
        health.add("schemas") { try schemas.check() }
        health.add("authentication") { try feed.check() }
        let log = LogCheck(settings.kafka)
        // Outgoing events wait in the outbox and incoming ones in the log; everything else goes on.
        health.add("log", .partial) { try await log.check() }
        health.add("topics", .partial) { [topics] in try topics.check() }
    }

    private var beat: HealthBeat { HealthBeat(settings.service, health, vitals, teller) }

    /// Publishes soon, without an outbox, that the state of a key is gone.
    public func tellDeletion<E: Event>(of type: E.Type, key: String, at time: Date) {
        teller.tellDeletion(of: type, key: key, at: time)
    }

    /// Publishes an event soon, without an outbox: one that may be lost.
    public func tell(_ event: some Event, tenant: TenantID?, at time: Date) {
        teller.tell(event, tenant: tenant, at: time)
    }

    /// Creates the topics that are missing.
    public func ensureTopics(_ topics: [Topic]) async throws {
        try await TopicSetup.ensure(
            topics,
            settings.kafka,
            replicationFactor: settings.replicationFactor,
            logger: logger
        )
    }

    /// A router with what clients of every daemon find: `/healthz`, `/openapi.json`, and the handling of errors. What operators see is on
    /// another port (``operations()``).
    ///
    /// - Parameters:
    ///   - routes: The daemon's own routes.
    ///   - answers: Where it keeps answers to requests with an `Idempotency-Key`; without it, each request is carried out.
    ///   - document: Its OpenAPI document, where the routes do not describe everything: the gateway's.
    ///   - further: Adds what is not a route of its own: what the gateway forwards. A middleware that it adds is for all routes.
    /// - Throws: ``ShapeError`` for a route that can't be described in the document.
    public func router(
        _ routes: [Route],
        answers: (any AnswerStore)? = nil,
        document: JSONValue? = nil,
        further: (Router<DaemonContext>) -> Void = { _ in }
    ) throws -> Router<DaemonContext> {
        let router = Router(context: DaemonContext.self)
        router.add(middleware: Observe(metrics: metrics, spans: spans, authenticator: authenticator))
        further(router)
        // A load balancer's check: it says no more than that something listens.
        router.get("/healthz") { _, _ in "alive\n" }
        let openAPI = try document ?? APIDocument.make("dCMMS \(settings.service)", routes)
        let bytes = Array(openAPI.text().utf8)
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes))
            )
        }
        router.add(routes, authenticator, answers, access)
        return router
    }

    /// The HTTP server over a router. The daemon is ready when it listens.
    ///
    /// - Parameter tls: Its certificate; `nil` for plain HTTP.
    public func server(
        _ router: Router<DaemonContext>,
        limits: ServerLimits = ServerLimits(),
        tls: ServerTLS? = nil
    ) -> some Service {
        server(router, limits: limits, tls: tls, host: settings.host, port: settings.port) { [health] in
            health.serves()
        }
    }

    func server(
        _ router: Router<DaemonContext>,
        limits: ServerLimits,
        tls: ServerTLS? = nil,
        host: String,
        port: Int,
        onStart: @escaping @Sendable () -> Void = {}
    ) -> Application<RouterResponder<DaemonContext>> {
        Application(
            router: router,
            server: .daemon(limits, tls: tls) { [metrics] status in
                metrics.counter(
                    "http_requests_refused_total",
                    "Requests that reached no handler: malformed, too long or too slow.",
                    ["status": "\(status.code)"]
                ).increment()
            },
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: "dcmms-\(settings.service)",
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)
            ),
            onServerRunning: { _ in onStart() },
            logger: logger
        )
    }

    /// Runs `body` while operators are answered. Whichever ends ends the other: a port in use ends the start, whatever is being
    /// waited for.
    private func answeringOperators(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var configuration = ServiceGroupConfiguration(services: [operationsServer()], logger: logger)
        // Prometheus keeps its connection open.
        configuration.maximumGracefulShutdownDuration = .milliseconds(500)
        let operations = ServiceGroup(configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await operations.run() }
            group.addTask { try await body() }
            try await group.next()
            await operations.triggerGracefulShutdown()
            try await group.next()
        }
    }
}
