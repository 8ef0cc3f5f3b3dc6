import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// Forwards a request to one service and its answer back, both as streams.
struct Forwarder: Sendable {
    let client: HTTPClient
    let upstreams: [Upstream: String]
    let timeout: TimeAmount

    /// The largest body that passes.
    static let maximumBody = 10 << 20

    func forward(_ request: Request, to upstream: Upstream, from address: String, _ context: DaemonContext) async throws
        -> Response
    {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.maximumBody {
            throw Self.tooLarge
        }
        // The path alone: a request may name a host in its target, and that one is not asked.
        let query = request.uri.query.map { "?\($0)" } ?? ""
        var outgoing = HTTPClientRequest(url: (upstreams[upstream] ?? "") + request.uri.path + query)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        let connection = request.headers[.connection]
        for field in request.headers where HopHeaders.isForwarded(field.name.rawName, connection: connection) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        outgoing.headers.replaceOrAdd(name: "X-Request-ID", value: context.requestID)
        outgoing.headers.replaceOrAdd(name: "traceparent", value: context.trace.description)
        // Never what the client sent: the services take it for the truth.
        outgoing.headers.replaceOrAdd(name: "X-Forwarded-For", value: address)
        if ["POST", "PUT", "PATCH"].contains(request.method.rawValue) {
            let length = request.headers[.contentLength].flatMap { Int64($0) }
            outgoing.body = .stream(
                LimitedBody(base: request.body, limit: Self.maximumBody),
                length: length.map { .known($0) } ?? .unknown
            )
        }
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(outgoing, timeout: timeout)
        } catch let error as HTTPClientError
            where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout
        {
            throw Problem(.gatewayTimeout, "upstream_timeout", "\(upstream.rawValue) did not answer in time")
        } catch is BodyTooLarge {
            throw Self.tooLarge
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

    private static let tooLarge = Problem(
        .contentTooLarge,
        "body_too_large",
        "a body has \(maximumBody) bytes at the most"
    )

    private static func response(_ answer: HTTPClientResponse) -> Response {
        var headers = HTTPFields()
        let connection = answer.headers["connection"].joined(separator: ",")
        for (name, value) in answer.headers
        where HopHeaders.isForwarded(name, connection: connection) {
            guard let name = HTTPField.Name(name), name != .requestID, name != .server, name != .date else { continue }
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

/// A body that fails as soon as it is longer than it may be, however it is sent.
struct LimitedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let limit: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        var left: Int

        @concurrent mutating func next() async throws -> ByteBuffer? {
            guard let chunk = try await base.next() else { return nil }
            left -= chunk.readableBytes
            guard left >= 0 else { throw BodyTooLarge() }
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), left: limit)
    }
}

/// A body was longer than it may be.
struct BodyTooLarge: Error {}
