/// Hands connections out, first come first served.
actor ConnectionPool {
    /// What a waiting caller gets.
    private enum Turn: Sendable {
        case connection(Connection)
        /// A place in which to open a connection.
        case place
    }

    private struct Waiter {
        let ticket: UInt64
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Turn, any Error>
    }

    private let maximum: Int
    private let acquireTimeout: Duration
    private let connect: @Sendable () async throws -> Connection
    private var idle: [Connection] = []
    /// Places in use: by connections, idle or not, and by callers that are opening one. A place is never given back while
    /// somebody waits; it is handed to the longest waiting caller.
    private var taken = 0
    private var waiters: [Waiter] = []
    /// Whether a task watches over the waiters' time-outs: one for all of them, since a timer for each costs more than the wait.
    private var isTimed = false
    private var nextTicket: UInt64 = 0
    private var isClosed = false

    init(maximum: Int, acquireTimeout: Duration, connect: @escaping @Sendable () async throws -> Connection) {
        self.maximum = maximum
        self.acquireTimeout = acquireTimeout
        self.connect = connect
    }

    func acquire() async throws -> Connection {
        try Task.checkCancellation()
        guard !isClosed else { throw Self.closed }
        while let connection = idle.popLast() {
            if connection.isQuiet { return connection }
            // The server has closed it, as it does when it restarts.
            taken -= 1
        }
        if taken < maximum {
            taken += 1
        } else if case .connection(let connection) = try await wait() {
            return connection
        }
        // From here on a place is ours.
        do {
            let connection = try await connect()
            guard !isClosed else { throw Self.closed }
            return connection
        } catch {
            leave()
            throw error
        }
    }

    func release(_ connection: Connection) {
        guard connection.isReusable, !isClosed else { return leave() }
        if waiters.isEmpty {
            idle.append(connection)
        } else {
            waiters.removeFirst().continuation.resume(returning: .connection(connection))
        }
    }

    func close() {
        isClosed = true
        taken -= idle.count
        idle = []
        for waiter in waiters { waiter.continuation.resume(throwing: Self.closed) }
        waiters = []
    }

    private static let closed = PostgresError(.connection, message: "the pool is closed")

    private func leave() {
        if waiters.isEmpty {
            taken -= 1
        } else {
            waiters.removeFirst().continuation.resume(returning: .place)
        }
    }

    private func wait() async throws -> Turn {
        nextTicket += 1
        let ticket = nextTicket
        if !isTimed {
            isTimed = true
            Task { await watch() }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiters.append(
                    Waiter(ticket: ticket, deadline: .now + acquireTimeout, continuation: continuation)
                )
            }
        } onCancel: {
            // It can't come too early: the actor is busy until the continuation is among the waiters.
            Task { await expire(ticket, CancellationError()) }
        }
    }

    /// Ends the wait of those whose time is up, for as long as somebody waits. The longest waiting caller is the first.
    private func watch() async {
        while let next = waiters.first {
            if next.deadline <= .now {
                expire(next.ticket, PostgresError(.poolExhausted, message: "waited for \(acquireTimeout)"))
            } else {
                try? await Task.sleep(until: next.deadline)
            }
        }
        isTimed = false
    }

    private func expire(_ ticket: UInt64, _ error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }
}
