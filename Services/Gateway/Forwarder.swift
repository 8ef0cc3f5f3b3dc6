import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// Forwards a request to one service, and returns the service's answer.
///
/// The whole body is read before the service is called. So a client that is slow, or never sends the rest, occupies only its own
/// connection, and nobody still reads the body when the service answers. The answer is returned as a stream.
struct Forwarder: Sendable {
    let client: HTTPClient
    let timeout: TimeAmount
    private let services: [Upstream: Service]

    private struct Service: Sendable {
        var url: String
        var guardian: UpstreamGuard
    }

    /// - Parameters:
    ///   - upstreams: The base URL of each service.
    ///   - timeout: How long a service has to answer.
    ///   - concurrency: The most requests that can be at one service at one time.
    init(
        client: HTTPClient,
        upstreams: [Upstream: String],
        timeout: TimeAmount,
        concurrency: Int,
        _ metrics: Metrics
    ) {
        self.client = client
        self.timeout = timeout
        services = .init(
            uniqueKeysWithValues: upstreams.map {
                ($0, Service(url: $1, guardian: UpstreamGuard($0, limit: concurrency, metrics)))
            }
        )
    }

    /// Refuses a request that would find no place, before anything else is done for it.
    ///
    /// - Throws: ``Problem`` 503.
    func requireRoom(at target: RouteTable.Target) throws {
        try services[target.upstream]?.guardian.requireRoom(for: target.kind)
    }

    /// - Parameters:
    ///   - headers: Those of the request that the service may see.
    ///   - limit: The largest body that is forwarded.
    func forward(
        _ request: Request,
        _ headers: HTTPFields,
        to target: RouteTable.Target,
        from address: String,
        bodyUpTo limit: Int,
        _ context: DaemonContext
    ) async throws -> Response {
        guard let service = services[target.upstream] else { throw Problem.noRoute }
        let body = try await request.wholeBody(upTo: limit)
        // Only the path: a request can name a host in its target, which must not be called.
        let query = request.uri.query.map { "?\($0)" } ?? ""
        var outgoing = HTTPClientRequest(url: service.url + request.uri.path + query)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        let hop = HopHeaders(connection: request.headers[.connection])
        for field in headers where hop.isForwarded(field.name) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        Self.mark(&outgoing, from: address, context)
        if body.readableBytes > 0 { outgoing.body = .bytes(body) }
        return Self.response(try await answer(outgoing, target, service.guardian, context))
    }

    /// Asks a service for the gateway itself.
    func ask(
        _ upstream: Upstream,
        _ method: HTTPMethod,
        _ path: String,
        _ headers: HTTPHeaders,
        _ body: ByteBuffer?,
        from address: String,
        _ context: DaemonContext
    ) async throws -> HTTPClientResponse {
        guard let service = services[upstream] else { throw Problem.noRoute }
        let kind = RouteClass(method.rawValue, path)
        let target = RouteTable.Target(upstream: upstream, path: path, isOpen: false, kind: kind)
        var outgoing = HTTPClientRequest(url: service.url + path)
        outgoing.method = method
        outgoing.headers = headers
        outgoing.body = body.map { .bytes($0) }
        Self.mark(&outgoing, from: address, context)
        return try await answer(outgoing, target, service.guardian, context)
    }

    /// Takes a place at the service until the answer begins, not until its end: a client that reads slowly takes nobody's place.
    private func answer(
        _ outgoing: HTTPClientRequest,
        _ target: RouteTable.Target,
        _ guardian: UpstreamGuard,
        _ context: DaemonContext
    ) async throws -> HTTPClientResponse {
        let place = try guardian.enter(target.kind, .init(method: outgoing.method.rawValue, path: target.path))
        var outcome = AdaptiveLimit.Outcome.unknown
        defer { guardian.leave(place, outcome) }
        do {
            let answer = try await attempt(outgoing, at: target.upstream, guardian, context)
            switch answer.status.code {
            case ..<400: outcome = .answered
            case 503, 504: outcome = .overloaded
            default: break
            }
            return answer
        } catch let problem as Problem where problem.status == .gatewayTimeout {
            outcome = .overloaded
            throw problem
        }
    }

    /// Asks the service, and once more where that is safe.
    private func attempt(
        _ outgoing: HTTPClientRequest,
        at upstream: Upstream,
        _ guardian: UpstreamGuard,
        _ context: DaemonContext
    ) async throws -> HTTPClientResponse {
        var outgoing = outgoing
        let deadline = NIODeadline.now() + timeout
        let method = HTTPRequest.Method(outgoing.method.rawValue) ?? .post
        var isFirst = true
        while true {
            // The service gives up when we do.
            let left = max(1, (deadline - .now()).nanoseconds / 1_000_000)
            outgoing.headers.replaceOrAdd(name: HTTPField.Name.timeLeft.rawName, value: "\(left)")
            do {
                let answer = try await client.execute(outgoing, deadline: deadline)
                guardian.succeeded()
                return answer
            } catch {
                let failure = UpstreamFailure(error)
                if case .cancelled = failure { throw CancellationError() }
                guardian.failed()
                if isFirst, failure.allowsRetry(of: method), guardian.mayRetry() {
                    isFirst = false
                    continue
                }
                context.logger.warning(
                    "upstream failed",
                    metadata: ["upstream": "\(upstream.rawValue)", "error": "\(error)"]
                )
                guard case .late = failure else { throw Problem.unreachable(upstream) }
                throw Problem(
                    .gatewayTimeout,
                    "upstream_timeout",
                    "\(upstream.rawValue) did not answer in time",
                    ["service": upstream.rawValue]
                )
            }
        }
    }

    /// What the services trust, which is never what the client sent.
    private static func mark(_ outgoing: inout HTTPClientRequest, from address: String, _ context: DaemonContext) {
        outgoing.headers.replaceOrAdd(name: "X-Request-ID", value: context.requestID)
        outgoing.headers.replaceOrAdd(name: "traceparent", value: context.trace.description)
        outgoing.headers.replaceOrAdd(name: "X-Forwarded-For", value: address)
    }

    private static func response(_ answer: HTTPClientResponse) -> Response {
        var headers = HTTPFields()
        let hop = HopHeaders(connection: answer.headers["connection"].joined(separator: ","))
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name), hop.isForwarded(name), name != .requestID, name != .server,
                name != .date
            else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        let length = answer.headers.first(name: "content-length").flatMap { Int($0) }
        return Response(
            status: .init(code: Int(answer.status.code)),
            headers: headers,
            body: ResponseBody(contentLength: length) { writer in
                for try await chunk in answer.body { try await writer.write(chunk) }
                try await writer.finish(nil)
            }
        )
    }
}
