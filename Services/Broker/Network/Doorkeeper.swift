import Logging
import NIOCore

/// Closes a connection that is one too many, or has been silent for too long (reported by an `IdleStateHandler` before it). A
/// client that has vanished must not keep its place for ever.
final class Doorkeeper: ChannelInboundHandler {
    typealias InboundIn = Any

    /// The connections of one server.
    final class Guests: @unchecked Sendable {  // confined to the one event loop of all connections
        let limit: Int
        fileprivate var count = 0

        init(limit: Int) {
            self.limit = limit
        }
    }

    private let guests: Guests
    private let logger: Logger

    init(_ guests: Guests, logger: Logger) {
        self.guests = guests
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guests.count += 1
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        guests.count -= 1
    }

    func channelActive(context: ChannelHandlerContext) {
        guard guests.count > guests.limit else { return context.fireChannelActive() }
        let peer = context.remoteAddress?.ipAddress ?? ""
        logger.warning("too many connections; the new one is closed", metadata: ["peer": "\(peer)"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
