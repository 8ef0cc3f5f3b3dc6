import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP/1.1 for the broker's few pages and the schema registry, with whole requests and whole answers only.
struct HTTPServer: Sendable {
    typealias Connection = AcceptedChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Server = NIOAsyncChannel<Connection, Never>

    struct Request: Sendable {
        let method: HTTPMethod
        let uri: String
        let contentType: String?
        let body: ByteBuffer
    }

    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        let type: String
        let body: ByteBuffer
    }

    private static let maxBody = 1 << 20
    /// Each connection takes a descriptor, and the log needs those as well.
    private static let maxConnections = 100

    let address: Endpoint
    let logger: Logger
    var deadlines = RequestDeadlines.Limits()
    let handle: @Sendable (Request) async -> Answer

    func bind(on group: any EventLoopGroup) async throws -> Server {
        let guests = Doorkeeper.Guests(limit: Self.maxConnections)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Doorkeeper(guests, logger: logger))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(RequestDeadlines(deadlines))
                    return try Connection(channel)
                }
            }
    }

    /// Serves until the task is cancelled.
    func serve(_ server: Server) async throws {
        try await withThrowingDiscardingTaskGroup { connections in
            try await server.executeThenClose { clients in
                for try await client in clients {
                    connections.addTask { try? await serve(connection: client) }
                }
            }
        }
    }

    private func serve(connection: Connection) async throws {
        try await connection.channelToServe().executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            var count = 0
            for try await part in inbound {
                switch part {
                case .head(let received):
                    head = received
                    body.clear()
                    count = 0
                case .body(var bytes):
                    count += bytes.readableBytes
                    if count <= Self.maxBody { body.writeBuffer(&bytes) }
                case .end:
                    guard let request = head else { return }
                    guard count <= Self.maxBody else {
                        let text = ByteBuffer(string: "the body has more than \(Self.maxBody) bytes\n")
                        let answer = Answer(status: .payloadTooLarge, type: "text/plain", body: text)
                        return try await write(answer, to: request.method, keepingAlive: false, outbound)
                    }
                    let answer = await handle(
                        Request(
                            method: request.method,
                            uri: request.uri,
                            contentType: request.headers.first(name: "Content-Type"),
                            body: body
                        )
                    )
                    try await write(answer, to: request.method, keepingAlive: request.isKeepAlive, outbound)
                    guard request.isKeepAlive else { return }
                }
            }
        }
    }

    private func write(
        _ answer: Answer,
        to method: HTTPMethod,
        keepingAlive: Bool,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers: HTTPHeaders = ["Content-Type": answer.type, "Content-Length": "\(answer.body.readableBytes)"]
        if !keepingAlive { headers.add(name: "Connection", value: "close") }
        var parts: [HTTPServerResponsePart] = [
            .head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))
        ]
        // A body after the answer to HEAD would be read as the beginning of the next answer.
        if method != .HEAD { parts.append(.body(.byteBuffer(answer.body))) }
        try await outbound.write(contentsOf: parts + [.end(nil)])
    }
}
