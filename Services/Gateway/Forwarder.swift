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
    let upstreams: [Upstream: String]
    let timeout: TimeAmount

    /// - Parameter limit: The largest body that is forwarded.
    func forward(
        _ request: Request,
        to upstream: Upstream,
        from address: String,
        bodyUpTo limit: Int,
        _ context: DaemonContext
    ) async throws -> Response {
        let body = try await request.wholeBody(upTo: limit)
        // Only the path: a request can name a host in its target, which must not be called.
        let query = request.uri.query.map { "?\($0)" } ?? ""
        var outgoing = HTTPClientRequest(url: (upstreams[upstream] ?? "") + request.uri.path + query)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        let hop = HopHeaders(connection: request.headers[.connection])
        for field in request.headers where hop.isForwarded(field.name) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        outgoing.headers.replaceOrAdd(name: "X-Request-ID", value: context.requestID)
        outgoing.headers.replaceOrAdd(name: "traceparent", value: context.trace.description)
        // Never what the client sent: the services trust this header.
        outgoing.headers.replaceOrAdd(name: "X-Forwarded-For", value: address)
        if body.readableBytes > 0 { outgoing.body = .bytes(body) }
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(outgoing, timeout: timeout)
        } catch let error as HTTPClientError
            where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout
        {
            throw Problem(.gatewayTimeout, "upstream_timeout", "\(upstream.rawValue) did not answer in time")
        } catch {
            context.logger.warning(
                "upstream failed",
                metadata: ["upstream": "\(upstream.rawValue)", "error": "\(error)"]
            )
            throw Problem(
                .serviceUnavailable,
                "upstream_unavailable",
                "\(upstream.rawValue) is not reachable",
                retryAfter: 2
            )
        }
        return Self.response(answer)
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
