import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What ``ConnectionRules`` are for a connection with HTTP/1.1, these are for a stream of HTTP/2: no client can hold one as long as it
/// likes. The library itself refuses heads that are malformed or too long, and floods of frames.
final class StreamRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ServerLimits
    private var context: ChannelHandlerContext?
    private var bytes = 0
    private let start = NIODeadline.now()
    private var readDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?

    init(_ limits: ServerLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        readDeadline = schedule(after: limits.body) { $0.requestIsLate() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        readDeadline?.cancel()
        writeDeadline?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(var head):
            // HTTP/2 has no header that says whether a body comes: with this one, what follows looks for it.
            head.headerFields[.transferEncoding] = head.headerFields[.contentLength] == nil ? "chunked" : nil
            context.fireChannelRead(Self.wrapInboundOut(.head(head)))
            return
        case .body(let piece): bytes += piece.readableBytes
        case .end: readDeadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline =
            context.channel.isWritable
            ? nil : schedule(after: limits.stalledAnswer) { $0.context?.close(promise: nil) }
        context.fireChannelWritabilityChanged()
    }

    private func requestIsLate() {
        let left = start + limits.body + .seconds(Int64(bytes / limits.bodyRate)) - .now()
        if left > .nanoseconds(0) {
            readDeadline = schedule(after: left) { $0.requestIsLate() }
        } else {
            // A reset of this stream: the others of the connection go on.
            context?.close(promise: nil)
        }
    }

    private func schedule(after time: TimeAmount, _ action: @escaping (StreamRules) -> Void) -> Scheduled<Void>? {
        context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in action(self) }
    }
}
