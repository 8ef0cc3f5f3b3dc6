internal import CLibpq
import Foundation
import Glibc
import Synchronization

/// The thread of one connection. It waits for the server, so that nothing ever waits on Swift's cooperative threads.
///
/// While nothing is asked of it, it waits for the socket and for the bell. Whoever has sent a statement already need not wake it: the
/// answer does.
final class ConnectionThread: Sendable {
    /// What the thread is to do next, with the socket all to itself.
    typealias Job = @Sendable () -> Void

    private struct State {
        var job: Job?
        /// Whether an answer wakes the thread. It does not when something else came unasked: the thread does not look again then.
        var watches = true
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let bell: Bell
    private let socket: Int32
    /// How long an answer may take; see ``Exchange``.
    private let patience: Duration?

    private init(_ bell: Bell, _ socket: Int32, _ patience: Duration?) {
        self.bell = bell
        self.socket = socket
        self.patience = patience
    }

    /// Opens a connection on a new thread, which is its own from then on and closes it at the end.
    static func open(
        _ bell: Bell,
        patience: Duration?,
        _ connect: @escaping @Sendable () throws -> OpaquePointer,
        _ finished: @escaping @Sendable (Result<(ConnectionThread, OpaquePointer), any Error>) -> Void
    ) {
        let thread = Thread {
            let handle: OpaquePointer
            do {
                handle = try connect()
            } catch {
                return finished(.failure(error))
            }
            let own = ConnectionThread(bell, PQsocket(handle), patience)
            finished(.success((own, handle)))
            own.run()
            PQfinish(handle)
        }
        thread.name = "postgres"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Has the thread do something. There is one job at a time: while it runs, nobody else uses the connection.
    ///
    /// - Parameter send: Sends ahead what the job waits for, on this thread. It never blocks, and returns whether all is sent.
    func give(_ job: @escaping Job, sending send: () -> Bool) {
        let isAwaited = state.withLock { state in
            let isSent = send()
            state.job = job
            return isSent && state.watches
        }
        if !isAwaited { bell.ring() }
    }

    /// Ends the thread when its job is done.
    func end() {
        state.withLock { $0.hasEnded = true }
        bell.ring()
    }

    private func run() {
        while true {
            let (job, hasEnded, watches) = state.withLock { state in
                defer { state.job = nil }
                return (state.job, state.hasEnded, state.watches)
            }
            if let job {
                job()
                state.withLock { $0.watches = true }
            } else if hasEnded {
                return
            } else {
                wait(watches)
            }
        }
    }

    /// Waits for the bell, and for the socket. A job that waits for an answer which does not come is begun after a while all the same, to
    /// give up.
    private func wait(_ watches: Bool) {
        var descriptors = [
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
            // A negative descriptor is ignored: see poll(2).
            pollfd(fd: watches ? socket : -1, events: Int16(POLLIN), revents: 0),
        ]
        Glibc.poll(&descriptors, 2, patience.map { Int32(clamping: $0.milliseconds) } ?? -1)
        if descriptors[0].revents != 0 { bell.silence() }
        guard descriptors[1].revents != 0 else { return }
        state.withLock { if $0.job == nil { $0.watches = false } }
    }
}
