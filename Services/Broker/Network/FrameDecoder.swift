import NIOCore

/// Cuts the byte stream into requests: four bytes of length, then as many bytes.
final class FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    /// Kafka's `socket.request.max.bytes`.
    static let maxLength: Int32 = 100 << 20
    /// For everything but a produce: a list of names takes many times its length once it is read.
    static let maxLengthOfLists: Int32 = 4 << 20

    /// Before the login a client's frames have a smaller limit.
    private let session: Session

    struct InvalidLength: Error {
        let length: Int32
    }

    private let memory: RequestMemory
    /// What this connection has collected of a request that is not complete.
    private var collected = 0

    init(session: Session, memory: RequestMemory) {
        (self.session, self.memory) = (session, memory)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length: Int32 = buffer.getInteger(at: buffer.readerIndex) else { return .needMoreData }
        // Checked before the content arrives: a false length must not make us collect it.
        guard session.frameLengths.contains(length) else { throw InvalidLength(length: length) }
        if let key: Int16 = buffer.getInteger(at: buffer.readerIndex + 4), key != 0, length > Self.maxLengthOfLists {
            throw InvalidLength(length: length)
        }
        guard buffer.readableBytes >= 4 + Int(length) else {
            try collect(buffer.readableBytes, context)
            return .needMoreData
        }
        try collect(4 + Int(length), context)
        buffer.moveReaderIndex(forwardBy: 4)
        guard let frame = buffer.readSlice(length: Int(length)) else { return .needMoreData }
        // From now on the frame waits until the requests before it are answered.
        collect(0)
        memory.hold(frame.readableBytes, for: session)
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }

    func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while try decode(context: context, buffer: &buffer) == .continue {}
        collect(0)
        return .needMoreData
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        collect(0)
    }

    private func collect(_ count: Int) {
        memory.used += count - collected
        collected = count
    }

    private func collect(_ count: Int, _ context: ChannelHandlerContext) throws {
        collect(count)
        // If memory is used up, a connection that would hold more than its share is closed; small requests always find room.
        guard memory.used > RequestMemory.limit, count > RequestMemory.share else { return }
        // Closed at once: the task that serves the connection may be waiting for something else.
        context.close(promise: nil)
        throw RequestMemory.UsedUp()
    }
}

/// The memory that the requests of all connections take until we begin to answer them.
final class RequestMemory: @unchecked Sendable {  // confined to the one event loop of all connections
    static let limit = 256 << 20
    static let share = 1 << 20

    struct UsedUp: Error {}

    var used = 0

    func hold(_ count: Int, for session: Session) {
        used += count
        session.waitingBytes += count
    }

    func release(_ count: Int, of session: Session) {
        used -= count
        session.waitingBytes -= count
    }
}
