public import NIOCore
import NIOWebSocket

/// A connection that has gone on with the WebSocket protocol. Everything here is called, and calls back, on the connection's event loop.
///
/// Nothing is buffered for a client that does not read, beyond ``bufferLimit`` and the frame that exceeded it: whoever sends must look at
/// ``isWritable``.
public final class WebSocket {
    /// What the connection's owner wants to hear of.
    public struct Events {
        /// A client's message.
        public var text: (String) -> Void
        /// More can be sent again.
        public var drained: () -> Void
        /// The server stops: close with a reason.
        public var stops: () -> Void
        /// It is over. Called once.
        public var closed: () -> Void

        public init(
            text: @escaping (String) -> Void,
            drained: @escaping () -> Void,
            stops: @escaping () -> Void,
            closed: @escaping () -> Void
        ) {
            (self.text, self.drained, self.stops, self.closed) = (text, drained, stops, closed)
        }
    }

    /// How many bytes can wait for a client before ``isWritable`` is false.
    public static let bufferLimit = 64 << 10
    /// How long a client has to answer a close frame.
    private static let patience = TimeAmount.seconds(3)
    /// How long a client may say nothing at all, not even an answer to a ping.
    private static let silence = TimeAmount.seconds(75)

    private enum Stage { case open, closing, closed }

    private var input = WebSocketInput()
    private var stage = Stage.open
    private var context: ChannelHandlerContext?
    private var events: Events?
    private var heard = NIODeadline.now()
    private var unflushed = false

    init() {}

    /// Whether the client has room for more.
    public var isWritable: Bool { stage == .open && context?.channel.isWritable ?? false }

    public var isOpen: Bool { stage == .open }

    /// The loop of everything here.
    public var eventLoop: (any EventLoop)? { context?.eventLoop }

    /// Sends a frame of ``WebSocketFrames`` with the next ``flush()``.
    public func send(_ frame: ByteBuffer) {
        guard stage == .open, let context else { return }
        unflushed = true
        context.write(NIOAny(frame), promise: nil)
    }

    public func flush() {
        guard unflushed else { return }
        unflushed = false
        context?.flush()
    }

    /// To be called every few seconds: asks the client for a sign of life, and gives up on one that has given none for long.
    public func beat() {
        guard stage == .open else { return }
        if .now() - heard > Self.silence { return end() }
        guard isWritable else { return }
        send(WebSocketFrames.ping)
        flush()
    }

    /// Closes with a code that says why (section 7.4), and a word.
    public func close(_ code: UInt16, _ reason: String) {
        guard stage == .open, let context else { return }
        stage = .closing
        context.writeAndFlush(NIOAny(WebSocketFrames.close(code, reason)), promise: nil)
        // A client that does not read gets neither this frame nor much time.
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in self?.end() }
    }

    private func end() {
        context?.close(promise: nil)
    }

    fileprivate func begin(_ context: ChannelHandlerContext, _ open: @Sendable (WebSocket) -> Events) {
        self.context = context
        let events = open(self)
        // What it has sent may have ended the connection already.
        guard stage != .closed else { return events.closed() }
        self.events = events
    }

    fileprivate func received(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        heard = .now()
        guard stage == .open else {
            // Only the answer to our closing counts.
            if frame.opcode == .connectionClose { end() }
            return
        }
        switch input.received(frame) {
        case .nothing, .alive: break
        case .text(let text): events?.text(text)
        case .pong(let data):
            // Whoever sends pings without reading the answers gets none.
            guard isWritable else { break }
            send(WebSocketFrames.pong(data))
            flush()
        case .closed(let code):
            stage = .closing
            let answer = context.eventLoop.makePromise(of: Void.self)
            answer.futureResult.assumeIsolated().whenComplete { _ in self.end() }
            context.writeAndFlush(NIOAny(WebSocketFrames.close(code, "")), promise: answer)
        case .refuse(let code, let reason): close(code, reason)
        }
    }

    fileprivate func failed(_ error: any Error) {
        switch error as? NIOWebSocketError {
        case .invalidFrameLength?: close(1009, "a frame has at most \(WebSocketInput.maximumLength) bytes")
        case .some: close(1002, "the frame is malformed")
        case nil: end()
        }
    }

    fileprivate func drained() {
        if stage == .open { events?.drained() }
    }

    fileprivate func stops() {
        if stage == .open { events?.stops() }
    }

    fileprivate func isOver() {
        guard stage != .closed else { return }
        stage = .closed
        context = nil
        let events = events
        self.events = nil
        events?.closed()
    }
}

/// Where a ``WebSocket`` meets its channel. It is the last handler that sees anything of it.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let socket = WebSocket()
    private let open: @Sendable (WebSocket) -> WebSocket.Events
    private var context: ChannelHandlerContext?

    init(_ open: @escaping @Sendable (WebSocket) -> WebSocket.Events) { self.open = open }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// To be called when nothing else of HTTP is left in the pipeline: the owner may send at once.
    func begin() {
        guard let context, context.channel.isActive else { return }
        socket.begin(context, open)
    }

    func handlerRemoved(context _: ChannelHandlerContext) {
        context = nil
        socket.isOver()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        socket.received(Self.unwrapInboundIn(data), context)
    }

    func channelReadComplete(context _: ChannelHandlerContext) {}

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { socket.drained() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: socket.stops()
        // A client that has stopped sending can't even answer a ping.
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: break
        }
    }

    func errorCaught(context _: ChannelHandlerContext, error: any Error) { socket.failed(error) }

    func channelInactive(context: ChannelHandlerContext) {
        socket.isOver()
        context.fireChannelInactive()
    }
}
