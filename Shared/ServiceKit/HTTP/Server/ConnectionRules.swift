import HTTPTypes
import NIOCore
import NIOHTTP1

/// What holds for every connection of every server, whatever its handlers do:
///
/// * a head, a body and the reading of an answer have a limit (``ServerLimits``), and a request that is late is answered with 408;
/// * a request that is malformed, too long, or without exactly one `Host` is refused here and reaches no handler;
/// * `Expect: 100-continue` is answered;
/// * an answer that goes out before its request's body is in is the connection's last: it says `Connection: close`, what still comes is
///   read and dropped for a moment, so that the client can read the answer, and then the connection is closed.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Which part of a request is under way.
    private enum Reading {
        case nothing
        case head(bytes: Int)
        case body(bytes: Int, since: NIODeadline)
    }

    /// How far the connection is.
    private enum Stage {
        case open
        /// Nothing more is read, but answers are still owed.
        case deaf
        /// The last answer is being written.
        case lastAnswer
        /// The last answer was written.
        case closing
    }

    private let limits: ServerLimits
    private let onRefusal: @Sendable (HTTPResponse.Status) -> Void
    private var context: ChannelHandlerContext?
    private var reading = Reading.nothing
    private var stage = Stage.open
    /// Requests that were passed on and are not fully answered.
    private var unanswered = 0
    /// The newest request is the connection's last one.
    private var isLastRequest = false
    private var version = HTTPVersion.http1_1
    /// Written as soon as the requests before it are answered.
    private var owedRefusal: Problem?
    private var owesContinue = false
    private var inputIsClosed = false
    private var readDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?

    init(_ limits: ServerLimits, onRefusal: @escaping @Sendable (HTTPResponse.Status) -> Void) {
        self.limits = limits
        self.onRefusal = onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelDeadlines()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelDeadlines()
        context.fireChannelInactive()
    }

    // MARK: - What a client sends

    func bytesArrive() {
        if case .nothing = reading, stage == .open { reading = .head(bytes: 0) }
    }

    func bytesWereParsed(_ count: Int) {
        guard stage == .open else { return }
        switch reading {
        case .nothing: break
        case .head(let bytes):
            reading = .head(bytes: bytes + count)
            guard bytes + count <= limits.headSize * 2 else { return refuse(.headTooLarge) }
            if readDeadline == nil { readDeadline = schedule(after: limits.head) { $0.refuse(.tooSlow) } }
        case .body:
            if readDeadline == nil { readDeadline = schedule(after: limits.body) { $0.bodyIsLate() } }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard stage == .open else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            cancelReadDeadline()
            if let problem = Problem(refusing: head) { return refuse(problem) }
            unanswered += 1
            version = head.isOld ? .http1_0 : .http1_1
            isLastRequest = head.isOld || head.names("close", in: "connection")
            reading = .body(bytes: 0, since: .now())
            if !head.isOld, head.names("100-continue", in: "expect"), !head.isTooLarge {
                owesContinue = true
                payContinue(context)
            }
        case .body(let bytes):
            owesContinue = false
            if case .body(let count, let since) = reading {
                reading = .body(bytes: count + bytes.readableBytes, since: since)
            }
        case .end:
            cancelReadDeadline()
            owesContinue = false
            reading = .nothing
            if isLastRequest { stage = .deaf }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The handlers behind us have stopped reading; the rest must still be read from the connection.
        if stage == .closing { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            inputIsClosed = true
            if stage == .closing { return context.close(promise: nil) }
            // An incomplete body must not pass as a complete one.
            if case .body = reading { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, stage == .open {
            guard case .body = reading else { return refuse(error == .headerOverflow ? .headTooLarge : .malformed) }
        }
        // Nothing can be read after an error: the handler that waits for a body gets the error.
        if stage == .open { stage = .deaf }
        cancelReadDeadline()
        context.fireErrorCaught(error)
    }

    private func bodyIsLate() {
        guard let context, case .body(let bytes, let since) = reading else { return }
        let allowed = limits.body + .seconds(Int64(bytes / limits.bodyRate))
        let left = since + allowed - .now()
        if left > .nanoseconds(0) {
            readDeadline = schedule(after: left) { $0.bodyIsLate() }
            return
        }
        cancelReadDeadline()
        stage = .deaf
        // A handler that waits for it gets the error and answers. One that does not wait answers when it is ready.
        context.fireErrorCaught(Problem.tooSlow)
    }

    // MARK: - What we answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard stage != .closing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            // Without a request it is the server's own answer to what it could not read.
            if isEarly || unanswered == 0 || (isLastRequest && unanswered == 1) || head.names("close", in: "connection")
            {
                stage = .lastAnswer
                cancelReadDeadline()
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            }
            head.version = version
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            unanswered = max(0, unanswered - 1)
            if stage == .lastAnswer { return writeLast(context, data, promise) }
            context.write(data, promise: promise)
            if unanswered == 0, let problem = owedRefusal { return write(problem, context) }
            payContinue(context)
        }
    }

    /// Whether the answer that begins now is to a request whose body is still coming.
    private var isEarly: Bool {
        if case .body = reading, unanswered == 1 { true } else { false }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if stage != .closing {
            writeDeadline?.cancel()
            writeDeadline =
                context.channel.isWritable
                ? nil : schedule(after: limits.stalledAnswer) { $0.context?.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func payContinue(_ context: ChannelHandlerContext) {
        guard owesContinue, unanswered == 1, stage == .open else { return }
        owesContinue = false
        context.writeAndFlush(
            Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
            promise: nil
        )
    }

    /// Answers instead of a handler, after the answers that are still owed, and ends the connection.
    private func refuse(_ problem: Problem) {
        guard let context, stage == .open else { return }
        stage = .deaf
        cancelReadDeadline()
        if unanswered == 0 { write(problem, context) } else { owedRefusal = problem }
    }

    private func write(_ problem: Problem, _ context: ChannelHandlerContext) {
        owedRefusal = nil
        stage = .lastAnswer
        onRefusal(problem.status)
        let body = (try? problem.json(requestID: nil)) ?? ByteBuffer()
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: problem.status.code),
            headers: [
                "Content-Type": "application/problem+json", "Content-Length": "\(body.readableBytes)",
                "Connection": "close",
            ]
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        writeLast(context, Self.wrapOutboundOut(.end(nil)), nil)
    }

    // MARK: - The end

    private func writeLast(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        stage = .closing
        writeDeadline?.cancel()
        writeDeadline = schedule(after: limits.stalledAnswer) { $0.context?.close(promise: nil) }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { [self] _ in linger() }
        context.writeAndFlush(data, promise: written)
    }

    private func linger() {
        guard let context, context.channel.isActive else { return }
        // Everything was read, or nothing more comes: a reset can't make the client lose anything.
        if case .nothing = reading { return context.close(promise: nil) }
        if inputIsClosed { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        writeDeadline?.cancel()
        writeDeadline = schedule(after: limits.linger) { $0.context?.close(promise: nil) }
        context.read()
    }

    private func schedule(after time: TimeAmount, _ action: @escaping (ConnectionRules) -> Void) -> Scheduled<Void>? {
        context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in action(self) }
    }

    private func cancelReadDeadline() {
        readDeadline?.cancel()
        readDeadline = nil
    }

    private func cancelDeadlines() {
        cancelReadDeadline()
        writeDeadline?.cancel()
        writeDeadline = nil
    }
}

extension Problem {
    static let tooSlow = Problem(.requestTimeout, "request_too_slow", "the request was not complete in time")
    static let malformed = Problem(.badRequest, "request_malformed", "the request is not HTTP/1.1")
    static let headTooLarge = Problem(
        .requestHeaderFieldsTooLarge,
        "headers_too_large",
        "the request line and the headers are too long"
    )

    /// Why a head is refused; `nil` when it is accepted.
    fileprivate init?(refusing head: HTTPRequestHead) {
        let hosts = head.headers[canonicalForm: "host"]
        let isHostRight = hosts.count == 1 || (hosts.isEmpty && head.isOld)
        if !isHostRight {
            self.init(.badRequest, "host_missing", "a request must have exactly one Host header")
        } else if head.headers.contains(name: "expect"), !head.names("100-continue", in: "expect") {
            self.init(.expectationFailed, "expectation_unknown", "100-continue is the only supported expectation")
        } else {
            return nil
        }
    }
}

extension HTTPRequestHead {
    fileprivate func names(_ word: String, in header: String) -> Bool { headers.names(word, in: header) }

    /// HTTP/1.0: no chunked answers, no second request on a connection.
    fileprivate var isOld: Bool { version.major < 1 || version == .http1_0 }

    /// Answered with 413, whatever is sent.
    fileprivate var isTooLarge: Bool {
        headers.first(name: "content-length").flatMap { Int($0) }.map { $0 > DaemonContext.maximumBodySize } ?? false
    }
}

extension HTTPResponseHead {
    fileprivate func names(_ word: String, in header: String) -> Bool { headers.names(word, in: header) }
}

extension HTTPHeaders {
    /// Whether a header that is a list of words has this one.
    fileprivate func names(_ word: String, in header: String) -> Bool {
        self[canonicalForm: header].contains { $0.lowercased() == word }
    }
}
