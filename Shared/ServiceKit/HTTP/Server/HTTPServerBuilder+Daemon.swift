public import HTTPTypes
public import HummingbirdCore
import HummingbirdHTTP2
import NIOCore
import NIOHTTP1

extension HTTPServerBuilder {
    /// The server of every daemon, within ``ServerLimits``: HTTP/1.1, and over TLS also HTTP/2.
    ///
    /// - Parameters:
    ///   - tls: The certificate; `nil` for a server without TLS.
    ///   - onRefusal: Called with the status of each answer that no handler gave because the request was malformed or did
    ///     not come in time.
    public static func daemon(
        _ limits: ServerLimits = ServerLimits(),
        tls: ServerTLS? = nil,
        onRefusal: @escaping @Sendable (HTTPResponse.Status) -> Void = { _ in }
    ) -> HTTPServerBuilder {
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RulesInstaller(limits: limits, onRefusal: onRefusal)],
            idleTimeout: limits.idle,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headSize,
                maxHeaderListSize: limits.headSize,
                maxHeaderFieldCount: limits.headerCount
            )
        )
        guard let tls else { return .http1(configuration: http1) }
        return HTTPServerBuilder { responder in
            SecureChannel(
                base: try HTTP2UpgradeChannel(
                    tlsConfiguration: tls.configuration(),
                    configuration: .init(
                        idleTimeout: .nanoseconds(limits.idle.nanoseconds),
                        gracefulCloseTimeout: .seconds(5),
                        streamConfiguration: http1
                    ),
                    responder: responder
                ),
                patience: limits.head
            )
        }
    }
}

/// Puts ``ConnectionRules`` where requests are still as they were sent: right behind the parser. Hummingbird lets us add handlers
/// behind its own conversion only, which drops a request's version and its `Host` headers.
final class RulesInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limits: ServerLimits
    private let onRefusal: @Sendable (HTTPResponse.Status) -> Void

    init(limits: ServerLimits, onRefusal: @escaping @Sendable (HTTPResponse.Status) -> Void) {
        self.limits = limits
        self.onRefusal = onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            // A stream of HTTP/2 has no parser of its own.
            guard let parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else {
                try pipeline.addHandler(StreamRules(limits), position: .after(self))
                return
            }
            let rules = ConnectionRules(limits, onRefusal: onRefusal)
            let meter = ByteMeter(rules)
            try pipeline.addHandlers([rules, ConnectionUpgrade(rules, meter)], position: .after(parser))
            try pipeline.addHandler(meter, position: .before(parser))
        } catch {
            // A server without its rules must serve nobody.
            context.close(promise: nil)
        }
    }
}

/// Notifies ``ConnectionRules`` when bytes come in, before they are parsed.
final class ByteMeter: ChannelInboundHandler, RemovableChannelHandler {
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
