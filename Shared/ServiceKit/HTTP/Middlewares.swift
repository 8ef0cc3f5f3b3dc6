import Foundation
import HTTPTypes
public import Hummingbird
import Identifiers
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// The outermost layer of every daemon: gives a request its id and its place in a trace, turns every error into a problem, and
/// records the outcome in the log, the metrics and the trace: one line a request.
struct Observe: RouterMiddleware {
    typealias Context = DaemonContext

    let spans: SpanExporter
    let authenticator: Authenticator?
    private let answered: AnsweredRequests

    init(metrics: Metrics, spans: SpanExporter, authenticator: Authenticator? = nil) {
        self.spans = spans
        self.authenticator = authenticator
        answered = AnsweredRequests(metrics)
    }

    func handle(
        _ request: Request,
        context: DaemonContext,
        next: @concurrent (Request, DaemonContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let start = Date()
        context.requestID =
            if let id = request.headers[.requestID], Self.isSane(id) { id } else { UUID.v7(at: start).lowercase }
        let parent = request.headers[.traceparent].flatMap(TraceContext.init(traceparent:))
        context.trace = parent?.child() ?? .root()
        if let address = request.headers[.forwardedFor].flatMap(IPAddress.init) {
            context.clientAddress = address.description
        }
        context.userAgent = request.headers[.userAgent].map { String($0.unicodeScalars.prefix(256)) }
        context.letterbox = authenticator?.letterbox
        context.logger[metadataKey: "request"] = "\(context.requestID)"
        context.logger[metadataKey: "trace_id"] = "\(context.trace.trace)"
        let lease = BodyLease()
        var lent = request
        lent.body = lease.body(of: request)
        var response: Response
        do {
            response = try await next(lent, context)
        } catch {
            response = try Self.response(to: error, context)
        }
        await lease.end()
        for field in context.answerHeaders where response.headers[field.name] == nil {
            response.headers[field.name] = field.value
        }
        response.headers[.requestID] = context.requestID
        record(request, context, response.status, parent: parent, start: start)
        return response
    }

    private static func response(to error: any Error, _ context: DaemonContext) throws -> Response {
        let problem: Problem
        switch error {
        case let error as any ProblemConvertible: problem = error.problem
        case let error as any HTTPResponseError:
            problem =
                error.status == .notFound
                ? Problem(.notFound, "no_route", error.status.reasonPhrase)
                : Problem(error.status, "refused", error.status.reasonPhrase)
        case is HTTPParserError: problem = .malformed
        case is CancellationError:
            problem = Problem(.serviceUnavailable, "cancelled", "the request was cancelled", retryAfter: 1)
        case let error as any PassingError where error.isTransient:
            context.logger.warning("a store is away or busy", metadata: ["error": "\(String(reflecting: error))"])
            problem = Problem(
                .serviceUnavailable,
                "busy",
                "a database or cache is unavailable or busy: try again",
                retryAfter: 1
            )
        default:
            context.logger.error("request failed", metadata: ["error": "\(String(reflecting: error))"])
            problem = Problem(.internalServerError, "internal", "an internal error occurred")
        }
        return try problem.response(requestID: context.requestID)
    }

    private func record(
        _ request: Request,
        _ context: DaemonContext,
        _ status: HTTPResponse.Status,
        parent: TraceContext?,
        start: Date
    ) {
        let end = Date()
        let seconds = end.timeIntervalSince(start)
        // The route's pattern, not its path: paths hold ids, and every id would be a series of its own.
        let route = context.endpointPath ?? "none"
        let method = request.method.rawValue
        answered.count(.init(method: method, route: route, status: status.code), seconds)
        if route.hasSuffix("/healthz") || route.hasSuffix("/readyz") || route.hasSuffix("/metrics") { return }
        let caller = context.caller
        context.logger.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(route)", "status": "\(status.code)",
                "ms": "\((seconds * 1000).rounded())", "user": "\(caller?.user.description ?? "-")",
                "tenant": "\(caller?.tenant.description ?? "-")",
            ]
        )
        guard spans.isOn else { return }
        spans.record(
            .init(
                name: "\(method) \(route)",
                kind: .server,
                context: context.trace,
                parent: parent?.spanID,
                start: start,
                end: end,
                attributes: [
                    "http.request.method": method, "http.route": route, "http.response.status_code": "\(status.code)",
                ],
                isError: status.code >= 500
            )
        )
    }

    private static func isSane(_ id: String) -> Bool {
        (8...64).contains(id.utf8.count) && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}

/// The metrics of the requests. Their series are looked up once for each kind of request, not for each request.
private final class AnsweredRequests: Sendable {
    /// Methods and routes are those of the API, so there is a bounded number of kinds.
    struct Kind: Hashable {
        var method: String
        var route: String
        var status: Int
    }

    private let metrics: Metrics
    private let known = Mutex<[Kind: (total: Metrics.Counter, duration: Metrics.Histogram)]>([:])

    init(_ metrics: Metrics) {
        self.metrics = metrics
    }

    func count(_ kind: Kind, _ seconds: Double) {
        let (total, duration) = known.withLock { known in
            if let series = known[kind] { return series }
            let (method, route) = (kind.method, kind.route)
            let series = (
                total: metrics.counter(
                    "http_requests_total",
                    "Requests answered.",
                    ["method": method, "route": route, "status": "\(kind.status)"]
                ),
                duration: metrics.histogram(
                    "http_request_duration_seconds",
                    "Time to the response.",
                    ["method": method, "route": route]
                )
            )
            known[kind] = series
            return series
        }
        total.increment()
        duration.observe(seconds)
    }
}

extension HTTPField.Name {
    /// `X-Request-ID`.
    public static let requestID = HTTPField.Name("X-Request-ID")!
    /// `X-Forwarded-For`: the addresses of the client and of the proxies on the way.
    public static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    /// W3C `traceparent`.
    public static let traceparent = HTTPField.Name("traceparent")!
}
