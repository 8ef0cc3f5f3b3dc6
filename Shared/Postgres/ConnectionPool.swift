/// Hands connections out, first come first served.
actor ConnectionPool {
    private let maximum: Int
    private let acquireTimeout: Duration
    private let connect: @Sendable () async throws -> Connection
    private var idle: [Connection] = []
    /// Connections that exist or are being opened.
    private var count = 0
    private var waiters: [(ticket: UInt64, continuation: CheckedContinuation<Connection?, any Error>)] = []
    private var nextTicket: UInt64 = 0
    private var isClosed = false

    init(maximum: Int, acquireTimeout: Duration, connect: @escaping @Sendable () async throws -> Connection) {
        self.maximum = maximum
        self.acquireTimeout = acquireTimeout
        self.connect = connect
    }

    func acquire() async throws -> Connection {
        guard !isClosed else { throw PostgresError(.connection, message: "the pool is closed") }
        if let connection = idle.popLast() { return connection }
        if count >= maximum, let connection = try await wait() { return connection }
        // A free place, either from the start or handed over by a waiter's wake-up without a connection.
        if count < maximum { count += 1 }
        do {
            return try await connect()
        } catch {
            leave()
            throw error
        }
    }

    func release(_ connection: Connection) async {
        guard await connection.isReusable(), !isClosed else { return leave() }
        if waiters.isEmpty {
            idle.append(connection)
        } else {
            waiters.removeFirst().continuation.resume(returning: connection)
        }
    }

    func close() {
        isClosed = true
        count -= idle.count
        idle = []
        for waiter in waiters {
            waiter.continuation.resume(throwing: PostgresError(.connection, message: "the pool is closed"))
        }
        waiters = []
    }

    /// Gives up a place: whoever waits longest opens a connection in it.
    private func leave() {
        if waiters.isEmpty {
            count -= 1
        } else {
            waiters.removeFirst().continuation.resume(returning: nil)
        }
    }

    /// Waits for a connection, or for `nil`: the place of one.
    private func wait() async throws -> Connection? {
        nextTicket += 1
        let ticket = nextTicket
        let timer = Task {
            try await Task.sleep(for: acquireTimeout)
            self.expire(ticket, PostgresError(.poolExhausted, message: "waited for \(acquireTimeout)"))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiters.append((ticket, continuation))
            }
        } onCancel: {
            Task { await self.expire(ticket, CancellationError()) }
        }
    }

    private func expire(_ ticket: UInt64, _ error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }
}
