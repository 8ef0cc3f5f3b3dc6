import NIOCore
import NIOHTTP1
import NIOPosix

/// `/healthz` and `/metrics` (Prometheus text) for whoever watches the broker.
struct StatusServer: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Server = NIOAsyncChannel<Connection, Never>

    let node: Node

    func bind(_ address: Endpoint, on group: any EventLoopGroup) async throws -> Server {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Connection(wrappingChannelSynchronously: channel)
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
        try await connection.executeThenClose { inbound, outbound in
            var uri = ""
            for try await part in inbound {
                switch part {
                case .head(let head): uri = head.uri
                case .body: break
                case .end: try await answer(uri, outbound)
                }
            }
        }
    }

    private func answer(_ uri: String, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) async throws {
        let (status, text): (HTTPResponseStatus, String) =
            switch uri {
            case "/healthz": (.ok, "ok\n")
            case "/metrics": (.ok, await node.metrics())
            default: (.notFound, "not found\n")
            }
        let body = ByteBuffer(string: text)
        let headers: HTTPHeaders = [
            "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
            "Content-Length": "\(body.readableBytes)",
        ]
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        try await outbound.write(.body(.byteBuffer(body)))
        try await outbound.write(.end(nil))
    }
}
