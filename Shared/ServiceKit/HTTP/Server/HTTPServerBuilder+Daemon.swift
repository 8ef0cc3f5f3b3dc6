public import HTTPTypes
public import HummingbirdCore
import NIOCore
import NIOHTTP1

extension HTTPServerBuilder {
    /// The server of every daemon: HTTP/1.1 within ``ServerLimits``.
    ///
    /// - Parameter onRefusal: Called with the status of each answer that no handler gave because the request was malformed or did
    ///   not come in time.
    public static func daemon(
        _ limits: ServerLimits = ServerLimits(),
        onRefusal: @escaping @Sendable (HTTPResponse.Status) -> Void = { _ in }
    ) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [RulesInstaller(limits: limits, onRefusal: onRefusal)],
                idleTimeout: limits.idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headSize,
                    maxHeaderListSize: limits.headSize,
                    maxHeaderFieldCount: limits.headerCount
                )
            )
        )
    }
}

/// Puts ``ConnectionRules`` where requests are still as they were sent: right behind the parser. Hummingbird lets us add handlers
/// behind its own conversion only, which drops a request's version and its `Host` headers.
private final class RulesInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let rules: ConnectionRules

    init(limits: ServerLimits, onRefusal: @escaping @Sendable (HTTPResponse.Status) -> Void) {
        rules = ConnectionRules(limits, onRefusal: onRefusal)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(rules, position: .after(parser))
            try pipeline.addHandler(ByteMeter(rules), position: .first)
        } catch {
            // A server without its rules must serve nobody.
            context.close(promise: nil)
        }
    }
}

/// Notifies ``ConnectionRules`` when bytes come in, before they are parsed.
private final class ByteMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let rules: ConnectionRules

    init(_ rules: ConnectionRules) {
        self.rules = rules
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = Self.unwrapInboundIn(data).readableBytes
        rules.bytesArrive()
        context.fireChannelRead(data)
        rules.bytesWereParsed(count)
    }
}
