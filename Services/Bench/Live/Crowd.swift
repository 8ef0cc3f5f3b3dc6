import Foundation
import LocalFleet
import NIOCore
import NIOPosix
import Synchronization

/// Many WebSockets that follow the same events.
final class Crowd: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var ready = 0
        var sent: [Int: ContinuousClock.Instant] = [:]
        var arrived: [Int: Int] = [:]
        var latencies: [Duration] = []
    }

    private let port: Int
    private let token: String
    private let state = Mutex(State())

    init(port: Int, token: String) {
        (self.port, self.token) = (port, token)
    }

    var latencies: [Duration] { state.withLock { $0.latencies } }

    /// Opens them, some at a time.
    func open(_ count: Int) async throws {
        let request =
            "GET /ws?kinds=workorders HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer \(token)\r\n\r\n"
        for first in stride(from: 0, to: count, by: 100) {
            let number = min(100, count - first)
            for _ in 0..<number {
                let channel = try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
                    .channelInitializer { [self] channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Member(self))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port).get()
                channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
                state.withLock { $0.channels.append(channel) }
            }
            try await wait(within: .seconds(30)) { $0.ready >= first + number }
        }
    }

    func close() {
        for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
    }

    /// An event is published now.
    func expect(_ version: Int) { state.withLock { $0.sent[version] = .now } }

    func untilAllHave(_ version: Int, within limit: Duration) async throws {
        try await wait(within: limit) { $0.arrived[version, default: 0] >= $0.ready }
    }

    private func wait(within limit: Duration, _ holds: (borrowing State) -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !state.withLock({ holds($0) }) {
            guard ContinuousClock.now < deadline else { throw Refusal("not all clients were served in time") }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    fileprivate func isReady() { state.withLock { $0.ready += 1 } }

    fileprivate func got(_ version: Int) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard let sent = state.sent[version] else { return }
            state.arrived[version, default: 0] += 1
            state.latencies.append(now - sent)
        }
    }
}

/// One of them. It looks only for what it has to know: that it is subscribed, and which event a message is about.
private final class Member: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let crowd: Crowd
    private var rest = ByteBuffer()
    private var isOpen = false

    init(_ crowd: Crowd) { self.crowd = crowd }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        rest.writeImmutableBuffer(Self.unwrapInboundIn(data))
        if !isOpen {
            guard let end = rest.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            rest.moveReaderIndex(to: end.upperBound)
            isOpen = true
        }
        while let (opcode, message) = frame() {
            if opcode == 9 {
                // Masked, with a mask that changes nothing: whoever does not answer is taken for gone.
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: [0x8A, 0x80, 0, 0, 0, 0])), promise: nil)
                continue
            }
            let view = message.readableBytesView
            if view.starts(with: Array(#"{"type":"subscribed""#.utf8)) { crowd.isReady() }
            let mark = Array(#""version":"#.utf8)
            guard view.starts(with: Array(#"{"type":"event""#.utf8)), let place = view.firstRange(of: mark) else {
                continue
            }
            let digits = view[place.upperBound...].prefix { (0x30...0x39).contains($0) }
            if let version = Int(String(decoding: digits, as: UTF8.self)) { crowd.got(version) }
        }
        rest.discardReadBytes()
    }

    /// The next whole frame; a server's are not masked.
    private func frame() -> (opcode: UInt8, payload: ByteBuffer)? {
        guard let first: UInt8 = rest.getInteger(at: rest.readerIndex),
            let second: UInt8 = rest.getInteger(at: rest.readerIndex + 1)
        else { return nil }
        var (head, length) = (2, Int(second))
        if second == 126 {
            guard let long: UInt16 = rest.getInteger(at: rest.readerIndex + 2) else { return nil }
            (head, length) = (4, Int(long))
        }
        guard rest.readableBytes >= head + length else { return nil }
        rest.moveReaderIndex(forwardBy: head)
        return rest.readSlice(length: length).map { (first & 0x0F, $0) }
    }
}
