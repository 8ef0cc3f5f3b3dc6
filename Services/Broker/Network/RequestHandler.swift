import Logging
import NIOCore

/// One connection: its requests are answered one after the other, in their order, as Kafka does. A fetch that waits keeps the
/// ones behind it waiting too.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let node: Node
    private var pending: [ByteBuffer] = []
    private var isBusy = false
    private var isActive = true

    init(node: Node) {
        self.node = node
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending.append(unwrapInboundIn(data))
        serve(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isActive = false
        pending = []
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that does not speak the protocol, or went away: its connection ends, nobody else's does.
        context.close(promise: nil)
    }

    private func serve(_ context: ChannelHandlerContext) {
        while !isBusy, isActive, !pending.isEmpty {
            let frame = pending.removeFirst()
            isBusy = true
            do {
                try node.handle(frame) { [self] response in
                    isBusy = false
                    guard isActive else { return }
                    if let response { context.writeAndFlush(wrapOutboundOut(response), promise: nil) }
                    serve(context)
                }
            } catch {
                node.logger.debug("request refused", metadata: ["error": "\(error)"])
                pending = []
                context.close(promise: nil)
            }
        }
    }

}
