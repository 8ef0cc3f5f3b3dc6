import NIOCore
import NIOPosix
import ServiceKit
import Synchronization

/// Where a client's messages go. None of its functions waits.
protocol Outlet: AnyObject {
    var format: LiveFormat { get }
    /// Whether the client has room. What is written while it is false has to be little.
    var isWritable: Bool { get }
    var isOpen: Bool { get }
    func write(_ frame: ByteBuffer)
    func flush()
    /// To be called every few seconds.
    func beat()
    /// The client is told why, if it still listens.
    func close(_ ending: LiveEnding)
}

/// A WebSocket.
final class SocketOutlet: Outlet {
    let format = LiveFormat.socket
    private let socket: WebSocket

    init(_ socket: WebSocket) { self.socket = socket }

    var isWritable: Bool { socket.isWritable }
    var isOpen: Bool { socket.isOpen }
    func write(_ frame: ByteBuffer) { socket.send(frame) }
    func flush() { socket.flush() }
    func beat() { socket.beat() }
    func close(_ ending: LiveEnding) { socket.close(ending.code, ending.reason) }
}

/// The body of an answer with server-sent events. One task takes out what is written; any thread may do the rest.
final class StreamOutlet: Outlet, Sendable {
    private struct State {
        var waiting = ByteBuffer()
        var taker: CheckedContinuation<Void, Never>?
        var hasEnded = false
        var drained: (@Sendable () -> Void)?
    }

    let format = LiveFormat.stream
    private let state = Mutex(State())

    /// Called when everything was taken.
    func onDrained(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.drained = body } }

    var isWritable: Bool { state.withLock { !$0.hasEnded && $0.waiting.readableBytes < WebSocket.bufferLimit } }
    var isOpen: Bool { state.withLock { !$0.hasEnded } }

    func write(_ frame: ByteBuffer) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.waiting.writeImmutableBuffer(frame)
        }
    }

    func flush() {
        let taker = state.withLock { state in
            guard state.waiting.readableBytes > 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }

    func beat() {}

    func close(_ ending: LiveEnding) {
        // Not all at once: each comes back after another while.
        write(ByteBuffer(string: "retry: \(Int.random(in: 1000...5000))\n"))
        write(format.frame(LiveText.closed(ending), nil))
        end()
    }

    /// Nothing follows; what waits can still be taken.
    func end() {
        let taker = state.withLock { state in
            state.hasEnded = true
            // It leads back here.
            state.drained = nil
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }

    /// What waits, as soon as there is something; `nil` at the end.
    func next() async -> ByteBuffer? {
        await withCheckedContinuation { (taker: CheckedContinuation<Void, Never>) in
            let isReady = state.withLock { state in
                let isReady = state.waiting.readableBytes > 0 || state.hasEnded
                if !isReady { state.taker = taker }
                return isReady
            }
            if isReady { taker.resume() }
        }
        let (bytes, drained) = state.withLock { state in
            let bytes = state.waiting
            state.waiting = ByteBuffer()
            return (bytes, state.drained)
        }
        drained?()
        return bytes.readableBytes > 0 ? bytes : nil
    }
}
