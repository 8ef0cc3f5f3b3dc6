import HTTPTypes
public import HummingbirdCore
public import NIOCore
import Synchronization

/// Lends a request's body to the request's handler, until it has answered.
///
/// A connection has one reader. While a handler runs, that is the handler; after its answer, it is the server, which reads the next
/// request. Two at once end the process (a precondition of NIO's), and a handler can easily cause that: it hands the body to a task
/// that reads on after the handler has returned, as an HTTP client's upload does. With a lease such a task sees that the
/// body has ended, and an answer waits until nobody reads any more. (The body's deadline ends that wait.)
final class BodyLease: Sendable {
    /// Somebody reads a body whose request has been answered.
    struct Ended: Error {}

    private struct State {
        var readers = 0
        var hasEnded = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// The body as long as the lease lasts. A request without one gets an empty one, and the connection is left alone.
    func body(of request: Request) -> RequestBody {
        guard request.mayHaveBody else { return RequestBody(buffer: ByteBuffer()) }
        return RequestBody(asyncSequence: LeasedBody(base: request.body, lease: self))
    }

    /// Ends the lease: nobody reads the body when this returns, and nobody will.
    func end() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                state.hasEnded = true
                if state.readers > 0 { state.waiting = continuation }
                return state.readers == 0
            }
            if isFree { continuation.resume() }
        }
    }

    fileprivate func begin() throws {
        try state.withLock { state in
            guard !state.hasEnded else { throw Ended() }
            state.readers += 1
        }
    }

    fileprivate func finish() {
        let waiting = state.withLock { state in
            state.readers -= 1
            guard state.readers == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}

private struct LeasedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let lease: BodyLease

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let lease: BodyLease

        @concurrent mutating func next() async throws -> ByteBuffer? {
            try lease.begin()
            defer { lease.finish() }
            return try await base.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), lease: lease)
    }
}

extension Request {
    /// Whether the request's framing allows a body (RFC 9112, section 6.3).
    fileprivate var mayHaveBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// The whole body; empty when there is none. It is read by the caller and nobody else.
    ///
    /// - Throws: ``Problem`` 413 when it is longer than `limit`; at once, where the client says how long it will be.
    public func wholeBody(upTo limit: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw Problem.bodyTooLarge(limit) }
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge(limit)
        }
    }
}

extension Problem {
    static func bodyTooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, "body_too_large", "a body may have at most \(limit) bytes", ["maximum": "\(limit)"])
    }
}
