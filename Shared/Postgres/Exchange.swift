internal import CLibpq
import Dispatch
import Glibc

/// One exchange with the server over a connection in non-blocking mode, from what is sent to the last of the answers.
///
/// It may begin on the caller's thread, where its statement is sent ahead; the rest happens on the connection's thread. It waits in one
/// place of its own, never inside libpq: sending goes on while answers are read, so that client and server can't both wait with full
/// buffers, and a cancelled task or a silent server ends the waiting.
final class Exchange: @unchecked Sendable {
    // Safe to share: one thread at a time uses it, and it is handed over with the job of its connection's thread.
    let handle: OpaquePointer
    let call: Call
    private let bell: Bell
    private let cancelQueue: DispatchQueue
    /// How long the server may be silent.
    private let patience: Duration?
    /// Until when the server may be silent; it counts from the sending.
    private var silenceEnds: ContinuousClock.Instant?

    /// Whether the statement was sent before the exchange came to the connection's thread, or why that failed.
    private(set) var sentAhead: Result<Bool, any Error> = .success(false)

    private var request: CancelRequest?
    private var nextRequest = ContinuousClock.now
    private var mercyEnds: ContinuousClock.Instant?

    /// The protocol's state is unknown: the connection can't be used any more.
    private(set) var isGivenUp = false

    /// How long the server may take to cancel a statement.
    private static let mercy = Duration.seconds(3)
    /// A request that reaches the server before the statement does is ignored there: ask again after this time.
    private static let repetition = Duration.milliseconds(200)
    /// libpq buffers all that it is given; small pieces keep that buffer small.
    private static let pieceSize = 256 * 1024

    init(_ handle: OpaquePointer, for call: Call, bell: Bell, cancelQueue: DispatchQueue, patience: Duration?) {
        self.handle = handle
        self.call = call
        self.bell = bell
        self.cancelQueue = cancelQueue
        self.patience = patience
        silenceEnds = patience.map { ContinuousClock.now + $0 }
    }

    func giveUp() {
        isGivenUp = true
    }

    /// Checks what libpq returned when it was given something to send.
    func sent(_ status: Int32) throws {
        guard status != 1 else { return }
        // What is already in the pipeline can't be taken back.
        isGivenUp = PQpipelineStatus(handle) != PQ_PIPELINE_OFF
        throw PostgresError.refused(by: handle)
    }

    /// The whole answer to one statement or one script: the last result, or the first failure.
    ///
    /// - Parameter data: What the server gets when it asks for the rows of a COPY.
    func answer(copying data: [UInt8]? = nil) throws -> ResultSet {
        try flush()
        var last: ResultSet?
        var failure: PostgresError?
        while let result = try next() {
            switch PQresultStatus(result) {
            case PGRES_COPY_IN where PQpipelineStatus(handle) == PQ_PIPELINE_OFF:
                PQclear(result)
                if data == nil { failure = failure ?? PostgresError(.other, message: "COPY without rows to copy") }
                try put(data)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                isGivenUp = true
                throw PostgresError(.other, message: "this kind of COPY is not for this interface")
            default:
                do throws(PostgresError) {
                    last = try ResultSet(checking: result, of: handle)
                } catch {
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
        guard let last else { throw PostgresError.refused(by: handle) }
        return last
    }

    /// The next result; `nil` ends the answer to one statement.
    func next() throws -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            _ = try wait(for: POLLIN)
            guard PQconsumeInput(handle) == 1 else { break }
        }
        return PQgetResult(handle)
    }

    /// Sends what libpq has buffered. A failure shows in the answer, where libpq gives the server's reason.
    func flush() throws {
        while PQflush(handle) == 1 {
            let events = try wait(for: POLLIN | POLLOUT)
            if events & ~POLLOUT != 0, PQconsumeInput(handle) != 1 { return }
        }
    }

    /// Sends the statement ahead; never blocks.
    ///
    /// - Returns: Whether the answer is all that is missing. If not, ``sentAhead`` says how far it came.
    func sendsAhead(_ send: (Exchange) throws -> Bool) -> Bool {
        sentAhead = Result { try send(self) }
        // What the system does not take now, or refuses, is for `flush`.
        return isSentAhead && PQflush(handle) == 0
    }

    var isSentAhead: Bool { (try? sentAhead.get()) == true }

    /// Waits for what the server sends unasked, for as long as it takes.
    ///
    /// - Returns: `false` when the connection was lost or the task was cancelled.
    func hears() throws -> Bool {
        guard !call.isCancelled, PQstatus(handle) == CONNECTION_OK else { return false }
        _ = poll(PQsocket(handle), for: POLLIN, until: nil)
        return !call.isCancelled && PQconsumeInput(handle) == 1
    }

    /// Returns when no cancel request is on its way that could hit the next statement.
    func settle() {
        guard let request, let mercyEnds else { return }
        request.withdraw()
        while !request.isOver, !isGivenUp {
            _ = poll(-1, for: 0, until: mercyEnds)
            isGivenUp = !request.isOver && .now >= mercyEnds
        }
    }

    /// Sends the rows of a COPY; none at all make it fail.
    private func put(_ data: [UInt8]?) throws {
        let data = data ?? []
        try data.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count, by: Self.pieceSize) where !call.isCancelled {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + Self.pieceSize, bytes.count)])
                let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                guard PQputCopyData(handle, start, Int32(piece.count)) == 1 else { break }
                try flush()
            }
        }
        PQputCopyEnd(handle, data.isEmpty || call.isCancelled ? "given up" : nil)
        try flush()
    }

    // MARK: - Waiting

    /// Waits until the socket is ready for one of `events`, and returns which.
    private func wait(for events: Int32) throws -> Int32 {
        defer { silenceEnds = patience.map { ContinuousClock.now + $0 } }
        while true {
            if call.isCancelled { requestCancel() }
            let deadline = [mercyEnds, silenceEnds].compactMap(\.self).min()
            let repetition = request?.isOver == true ? nextRequest : nil
            let socket = PQsocket(handle)
            // libpq has closed it, and will say why.
            guard socket >= 0 else { return POLLERR }
            let ready = poll(socket, for: events, until: [repetition, deadline].compactMap(\.self).min())
            guard ready == 0 else { return ready }
            if let deadline, .now >= deadline {
                isGivenUp = true
                throw PostgresError(.connection, message: "the server does not answer")
            }
        }
    }

    private func requestCancel() {
        mercyEnds = mercyEnds ?? .now + Self.mercy
        guard request?.isOver != false, .now >= nextRequest else { return }
        request = .send(for: handle, on: cancelQueue, whenOver: bell)
        nextRequest = .now + Self.repetition
    }

    /// Waits for the socket, the bell or the time-out, and returns what the socket is ready for.
    private func poll(_ socket: Int32, for events: Int32, until deadline: ContinuousClock.Instant?) -> Int32 {
        var descriptors = [
            pollfd(fd: socket, events: Int16(events), revents: 0),
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let timeout = deadline.map { Int32(clamping: max($0 - .now, .zero).milliseconds) } ?? -1
        Glibc.poll(&descriptors, 2, timeout)
        if descriptors[1].revents != 0 { bell.silence() }
        return Int32(descriptors[0].revents)
    }
}
