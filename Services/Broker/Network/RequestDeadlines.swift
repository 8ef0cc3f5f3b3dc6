import NIOCore
import NIOHTTP1

/// Closes a connection whose request does not arrive in time. Bytes in between do not extend the time: otherwise a client with one byte a
/// minute would occupy a connection for ever.
final class RequestDeadlines: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    struct Limits: Sendable {
        /// From the beginning of the connection, or the end of the request before, to the end of the next request's head. The time of
        /// the answer is part of it.
        var head = TimeAmount.seconds(90)
        /// From the end of the head to the end of the body.
        var body = TimeAmount.seconds(60)
    }

    private let limits: Limits
    private var deadline: Scheduled<Void>?

    init(_ limits: Limits) {
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        close(context.channel, after: limits.head)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: close(context.channel, after: limits.body)
        case .body: break
        case .end: close(context.channel, after: limits.head)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func close(_ channel: any Channel, after time: TimeAmount) {
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
