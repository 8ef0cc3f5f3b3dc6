import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Lets a connection with HTTP/1.1 go on with another protocol, after an answer that says so (101).
///
/// The request goes through all that requests go through, so its refusals, its line in the log and its metrics are like all others; a
/// handler offers what comes after the answer. A request that asks for another protocol and gets another answer is its connection's last:
/// the parser reads nothing after it.
final class ConnectionUpgrade: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let rules: ConnectionRules
    private let meter: ByteMeter
    /// Heads that came in, and answers that went out.
    private var (asked, answered) = (0, 0)
    /// The request that asks for another protocol: the connection's last.
    private var upgrade: Int?
    private var offer: (@Sendable (WebSocket) -> WebSocket.Events)?
    private var isSwitching = false

    init(_ rules: ConnectionRules, _ meter: ByteMeter) { (self.rules, self.meter) = (rules, meter) }

    /// Prepares what comes after the answer.
    ///
    /// - Returns: Whether the connection's newest request has asked for it.
    func prepare(_ open: @escaping @Sendable (WebSocket) -> WebSocket.Events) -> Bool {
        // An answer before it must not become part of the other protocol.
        guard let upgrade, upgrade == answered + 1 else { return false }
        offer = open
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = Self.unwrapInboundIn(data) {
            asked += 1
            if upgrade == nil, head.headers.contains(name: "upgrade"), head.headers.contains(name: "connection") {
                upgrade = asked
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isItsAnswer = upgrade == answered + 1
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            isSwitching = isItsAnswer && head.status == .switchingProtocols && offer != nil
            if isItsAnswer, !isSwitching { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            answered += 1
            context.write(data, promise: promise)
            if isSwitching { change(context) }
        }
    }

    /// Replaces everything that speaks HTTP.
    private func change(_ context: ChannelHandlerContext) {
        guard let open = offer else { return }
        (offer, isSwitching) = (nil, false)
        context.flush()
        let (channel, pipeline) = (context.channel, context.pipeline.syncOperations)
        do {
            // What comes in before the change is complete must not reach the old parser.
            try channel.syncOptions?.setOption(.autoRead, value: false)
            try channel.syncOptions?.setOption(
                .writeBufferWaterMark,
                value: .init(low: WebSocket.bufferLimit / 4, high: WebSocket.bufferLimit)
            )
            var removals = [
                pipeline.removeHandler(rules), pipeline.removeHandler(meter),
                pipeline.removeHandler(try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)),
                pipeline.removeHandler(try pipeline.handler(type: HTTPResponseEncoder.self)),
                pipeline.removeHandler(try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)),
                pipeline.removeHandler(try pipeline.handler(type: HTTPConnectionStateHandler.self)),
            ]
            if let installer = try? pipeline.handler(type: RulesInstaller.self) {
                removals.append(pipeline.removeHandler(installer))
            }
            EventLoopFuture.andAllSucceed(removals, on: context.eventLoop).assumeIsolated().whenComplete { result in
                do {
                    try result.get()
                    let decoder = WebSocketFrameDecoder(maxFrameSize: WebSocketInput.maximumLength)
                    let handler = WebSocketHandler(open)
                    try pipeline.addHandlers([ByteToMessageHandler(decoder), handler], position: .after(self))
                    pipeline.removeHandler(self).assumeIsolated().whenComplete { _ in
                        handler.begin()
                        try? channel.syncOptions?.setOption(.autoRead, value: true)
                    }
                } catch {
                    channel.close(promise: nil)
                }
            }
        } catch {
            channel.close(promise: nil)
        }
    }
}
