import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// What an exchange runs over. All functions block.
protocol ExchangeSocket {
    /// - Returns: Whether the bytes were accepted.
    func transmit(_ bytes: [UInt8]) -> Bool
    func receive(within milliseconds: Int32) -> [UInt8]?
    func finishSending()
    func resetWhenClosed()
}

extension RawSocket: ExchangeSocket {
    func transmit(_ bytes: [UInt8]) -> Bool { send(bytes) }
}

/// A connection with TLS that trusts everybody, for a client that misbehaves within it.
final class SecureSocket: ExchangeSocket {
    private let channel: any Channel
    private let inbox: Inbox

    /// - Parameter protocols: What the client offers (ALPN).
    init(port: Int, protocols: [String]) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: tls)
        let inbox = Inbox()
        self.inbox = inbox
        channel = try ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLClientHandler(context: context, serverHostname: nil), Receiver(inbox),
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).wait()
    }

    deinit { channel.close(promise: nil) }

    func transmit(_ bytes: [UInt8]) -> Bool {
        guard channel.isActive else { return false }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return true
    }

    func receive(within milliseconds: Int32) -> [UInt8]? { inbox.take(within: milliseconds) }

    func finishSending() { channel.close(mode: .output, promise: nil) }

    func resetWhenClosed() {
        let now = linger(l_onoff: 1, l_linger: 0)
        _ = try? (channel as? any SocketOptionProvider)?.setSoLinger(now).wait()
        channel.close(promise: nil)
    }

    /// What has arrived; a thread can wait for it.
    private final class Inbox: @unchecked Sendable {
        // Safe to share: the condition guards both.
        private let condition = NSCondition()
        private var bytes: [UInt8] = []
        private var isOver = false

        func put(_ new: [UInt8]) {
            condition.lock()
            // Enough to see that something came; the rest is not looked at.
            if bytes.count < 1 << 20 { bytes += new }
            condition.signal()
            condition.unlock()
        }

        func end() {
            condition.lock()
            isOver = true
            condition.signal()
            condition.unlock()
        }

        func take(within milliseconds: Int32) -> [UInt8]? {
            condition.lock()
            defer { condition.unlock() }
            let deadline = Date() + Double(milliseconds) / 1000
            while bytes.isEmpty, !isOver {
                guard condition.wait(until: deadline) else { return nil }
            }
            defer { bytes = [] }
            return bytes
        }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let inbox: Inbox

        init(_ inbox: Inbox) { self.inbox = inbox }

        func channelRead(context _: ChannelHandlerContext, data: NIOAny) {
            inbox.put(Array(buffer: Self.unwrapInboundIn(data)))
        }

        func channelInactive(context _: ChannelHandlerContext) { inbox.end() }
        func errorCaught(context: ChannelHandlerContext, error _: any Error) { context.close(promise: nil) }
    }
}
