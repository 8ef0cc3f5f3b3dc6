import NIOCore

/// Cuts the byte stream into requests: four bytes of length, then as many bytes.
final class FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    /// Kafka's `socket.request.max.bytes`.
    static let maxLength: Int32 = 100 << 20
    /// For everything but a produce: a list of names, which takes many times its length once it is read.
    static let maxLengthOfLists: Int32 = 4 << 20

    /// A stranger's frames are held to a smaller limit than those of a client that is known.
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
        // Checked before a byte of it is waited for: a length that nobody means must not make us collect it.
        guard session.frameLengths.contains(length) else { throw InvalidLength(length: length) }
        if let key: Int16 = buffer.getInteger(at: buffer.readerIndex + 4), key != 0, length > Self.maxLengthOfLists {
            throw InvalidLength(length: length)
        }
        guard buffer.readableBytes >= 4 + Int(length) else {
            try collect(buffer.readableBytes)
            return .needMoreData
        }
        try collect(0)
        buffer.moveReaderIndex(forwardBy: 4)
        guard let frame = buffer.readSlice(length: Int(length)) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }

    func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while try decode(context: context, buffer: &buffer) == .continue {}
        try collect(0)
        return .needMoreData
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        try? collect(0)
    }

    private func collect(_ count: Int) throws {
        memory.used += count - collected
        collected = count
        // Whoever would hold more than its share of what is used up goes; small requests always find room.
        guard memory.used > RequestMemory.limit, count > RequestMemory.share else { return }
        throw RequestMemory.UsedUp()
    }
}

/// What the incomplete requests of all connections take together.
final class RequestMemory: @unchecked Sendable {  // confined to the one event loop of all connections
    static let limit = 256 << 20
    static let share = 1 << 20

    struct UsedUp: Error {}

    var used = 0
}
