import Foundation
import Logging
import NIOCore
import NIOPosix
import UnixSignals

/// Listens, serves until SIGTERM or SIGINT, and closes the log in an orderly way.
struct Server {
    let settings: BrokerSettings
    let readyFile: String?

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let channel = try await bind(on: loop)
        var settings = settings
        settings.port = channel.localAddress?.port ?? settings.port
        if settings.advertisedPort == 0 { settings.advertisedPort = settings.port }
        // The node is made on its loop and never leaves it.
        let node = try await loop.submit { [settings] in
            let node = try Node(settings: settings, loop: loop, logger: Logger(label: "broker"))
            let bound = NIOLoopBound(node, eventLoop: loop)
            loop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) { _ in
                bound.value.tick()
            }
            loop.scheduleRepeatedTask(initialDelay: .seconds(30), delay: .seconds(30)) { _ in bound.value.tidy() }
            nodes.value = bound
            return bound
        }.get()
        if let readyFile {
            try "\(settings.advertisedHost):\(settings.advertisedPort)".write(
                toFile: readyFile,
                atomically: true,
                encoding: .utf8
            )
        }
        for await _ in signals { break }
        try await channel.close()
        try await loop.submit { try node.value.close() }.get()
        try await group.shutdownGracefully()
    }

    private let nodes = NodeBox()

    private func bind(on loop: any EventLoop) async throws -> any Channel {
        let nodes = nodes
        return try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // A connection that comes before the log is open is closed; its client tries again.
                    guard let node = nodes.value?.value else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(FrameDecoder()),
                        RequestHandler(node: node)
                    )
                }
            }
            .bind(host: settings.host, port: settings.port).get()
    }
}

/// Holds the node for connections that are accepted on its own loop.
private final class NodeBox: @unchecked Sendable {
    // Safe to share: written once and read on the one event loop only.
    var value: NIOLoopBound<Node>?
}
