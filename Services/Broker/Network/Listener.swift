import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// Opens the log, listens for clients, and closes both in order when the process is asked to stop.
struct Listener: Service {
    let settings: Settings
    let logger: Logger

    func run() async throws {
        signal(SIGXFSZ, SIG_IGN)  // a limit on file sizes is treated as a full disk and must not end the process
        signal(SIGHUP, SIG_IGN)  // until we listen for it there is nothing to read again
        OpenFiles.allowMost()
        // One thread runs the node and its connections. A load of more than one core needs a cluster.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let node = try Node(settings: settings, eventLoop: group.next(), logger: logger)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await serve(node, on: group))
        } catch {
            outcome = .failure(error)
        }
        // Also if a port was taken: what recovery has fixed is written to disk.
        await node.close()
        try await group.shutdownGracefully()
        try outcome.get()
        logger.info("log closed")
    }

    private func serve(_ node: Node, on group: any EventLoopGroup) async throws {
        // The ready file of a killed broker would look like ours.
        removeReadyFile()
        defer { removeReadyFile() }
        try await node.open()
        let server = try await named(settings.listen) { try await bind(node, on: group) }
        var deadlines = RequestDeadlines.Limits()
        deadlines.head = min(deadlines.head, .milliseconds(settings.limits.idleConnection))
        let pages = [
            settings.http.map {
                HTTPServer(address: $0, logger: logger, deadlines: deadlines) { await node.statusPage($0) }
            },
            settings.schemaRegistry.map {
                HTTPServer(address: $0, logger: logger, deadlines: deadlines) { await node.answerRegistry($0) }
            },
        ].compactMap(\.self)
        var pageServers: [(HTTPServer, HTTPServer.Server)] = []
        for page in pages {
            pageServers.append((page, try await named(page.address) { try await page.bind(on: group) }))
        }
        let port = server.channel.localAddress?.port ?? settings.listen.port
        let address = Endpoint(host: settings.listen.host, port: port)
        await node.advertise(settings.advertise ?? address)
        if let path = settings.readyFile { try replaceFile(path, with: Array("\(address)".utf8)) }
        logger.info("serving", metadata: ["address": "\(address)", "protocol": "\(settings.protocolName)"])

        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { await node.keepTime() }
                tasks.addTask { await node.keepLogs() }
                tasks.addTask { await node.watchSecurity() }
                tasks.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) {
                        await node.reloadSecurity(always: true)
                    }
                }
                for (page, server) in pageServers { tasks.addTask { try await page.serve(server) } }
                try await accept(server, node)
                tasks.cancelAll()
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
            Task { await node.beginClosing() }
        }
    }

    private func removeReadyFile() {
        if let path = settings.readyFile { unlink(path) }
    }

    private func named<Server>(_ address: Endpoint, _ bind: () async throws -> Server) async throws -> Server {
        do {
            return try await bind()
        } catch {
            throw CannotListen(address: address, reason: error)
        }
    }

    /// One listener: all of it in the clear, or all of it TLS.
    private func bind(_ node: Node, on group: any EventLoopGroup) async throws -> NIOAsyncChannel<Connection, Never> {
        let memory = RequestMemory()
        let guests = Doorkeeper.Guests(limit: min(settings.limits.connections, OpenFiles.forConnections))
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: settings.listen.host, port: settings.listen.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try node.assumeIsolated { try $0.greet(channel, memory, guests) }
                }
            }
    }

    private func accept(_ server: NIOAsyncChannel<Connection, Never>, _ node: Node) async throws {
        try await withThrowingDiscardingTaskGroup { connections in
            try await server.executeThenClose { clients in
                for try await client in clients { connections.addTask { await node.serve(client) } }
            }
            connections.cancelAll()
        }
    }
}
