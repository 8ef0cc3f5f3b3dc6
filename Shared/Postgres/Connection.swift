internal import CLibpq
import Glibc
import Synchronization

/// One connection to PostgreSQL. A thread of its own waits for the server (see ``ConnectionThread``).
final class Connection: @unchecked Sendable {
    // Safe to share: the variables, and libpq with `handle`, are used by one job at a time, first where it is given to the thread and
    // then on the thread; the rest is constant or synchronized.
    private let handle: OpaquePointer
    private var prepared: [SQL.Form: String] = [:]
    private var preparedCount = 0
    private var isAbandoned = false
    let thread: ConnectionThread
    private let server: Server
    private let patience: Duration?
    private let bell: Bell
    private let socket: Int32
    private let reusable = Atomic(true)

    /// More statements than this are not kept prepared: lists with optional filters make new texts.
    private static let preparedLimit = 256

    /// - Parameter thread: Closes the handle at its end.
    init(_ handle: OpaquePointer, on thread: ConnectionThread, to server: Server, patience: Duration?, _ bell: Bell) {
        self.handle = handle
        self.thread = thread
        self.server = server
        self.patience = patience
        self.bell = bell
        socket = PQsocket(handle)
    }

    deinit {
        thread.end()
    }

    /// Whether the last statement left the connection alive, in a known state and outside a transaction.
    var isReusable: Bool {
        reusable.load(ordering: .acquiring)
    }

    /// Whether nothing has come from the server since the last statement. To an idle connection it sends only one thing
    /// that matters: that it is about to close it. For reusable connections only, whose descriptor is still open.
    var isQuiet: Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Runs one statement.
    ///
    /// - Parameter shielded: Whether it runs to its end even if the task is cancelled.
    func run(_ sql: SQL, shielded: Bool = false) async throws -> ResultSet {
        try await perform(shielded: shielded) { exchange in
            guard let plan = self.prepared[sql.form] else { return false }
            try sql.send(as: plan, in: exchange)
            return true
        } receiving: { exchange, isSent in
            let key = sql.form
            do {
                if !isSent { try sql.send(as: self.prepare(sql, key, exchange), in: exchange) }
                return try exchange.answer()
            } catch let error as PostgresError where error.isStalePlan {
                // Somebody has changed the table. A transaction begins again: see `Database.transaction`.
                self.prepared[key] = nil
                guard PQtransactionStatus(exchange.handle) == PQTRANS_IDLE else { throw error }
                try sql.send(in: exchange)
                return try exchange.answer()
            }
        }
    }

    /// Several statements in one round trip (libpq's pipeline mode). Outside a transaction they form one of their own.
    func pipeline(_ statements: [SQL], shielded: Bool = false) async throws -> [ResultSet] {
        guard !statements.isEmpty else { return [] }
        return try await perform(shielded: shielded) { exchange in
            guard statements.allSatisfy({ self.prepared[$0.form] != nil }) else { return false }
            for sql in statements { try sql.check() }
            _ = try self.send(statements, exchange, isPlanned: true)
            return true
        } receiving: { exchange, isSent in
            do {
                if isSent { return try self.receive(Array(repeating: nil, count: statements.count), [:], exchange) }
                for sql in statements { try sql.check() }
                return try self.pipeline(statements, exchange, isPlanned: self.server.prepares)
            } catch let error as PostgresError where error.isStalePlan {
                // As for one statement: see `run`. The server does not say which one it was.
                for sql in statements { self.prepared[sql.form] = nil }
                guard !exchange.isGivenUp, PQtransactionStatus(exchange.handle) == PQTRANS_IDLE else { throw error }
                return try self.pipeline(statements, exchange, isPlanned: false)
            }
        }
    }

    private func pipeline(_ statements: [SQL], _ exchange: Exchange, isPlanned: Bool) throws -> [ResultSet] {
        let (makesPlan, made) = try send(statements, exchange, isPlanned: isPlanned)
        return try receive(makesPlan, made, exchange)
    }

    /// - Returns: for each statement its form if a plan is made on the way, and the names of these plans.
    private func send(
        _ statements: [SQL],
        _ exchange: Exchange,
        isPlanned: Bool
    ) throws -> (makesPlan: [SQL.Form?], made: [SQL.Form: String]) {
        try exchange.sent(PQenterPipelineMode(exchange.handle))
        // Plans that are made on the way: the statement before may have made the table.
        var made: [SQL.Form: String] = [:]
        var makesPlan: [SQL.Form?] = []
        for sql in statements {
            let key = sql.form
            var name = isPlanned ? prepared[key] ?? made[key] : nil
            makesPlan.append(nil)
            if isPlanned, name == nil, let new = newPlan(besides: made.count) {
                let types = sql.parameters.map(\.type)
                try exchange.sent(PQsendPrepare(exchange.handle, new, sql.text, Int32(types.count), types))
                made[key] = new
                makesPlan[makesPlan.count - 1] = key
                name = new
            }
            try sql.send(as: name, in: exchange)
        }
        try exchange.sent(PQpipelineSync(exchange.handle))
        return (makesPlan, made)
    }

    private func receive(
        _ makesPlan: [SQL.Form?],
        _ made: [SQL.Form: String],
        _ exchange: Exchange
    ) throws -> [ResultSet] {
        var results: [ResultSet] = []
        var failure: PostgresError?
        // After a failure the rest answer "aborted".
        for key in makesPlan where !exchange.isGivenUp {
            do {
                if let key {
                    _ = try exchange.answer()
                    prepared[key] = made[key]
                }
            } catch let error as PostgresError {
                failure = failure ?? error
            }
            do {
                results.append(try exchange.answer())
            } catch let error as PostgresError {
                failure = failure ?? error
            }
        }
        if !exchange.isGivenUp { PQclear(try exchange.next()) }
        if PQexitPipelineMode(exchange.handle) != 1 { exchange.giveUp() }
        if let failure { throw failure }
        return results
    }

    /// Sends rows that are already in PostgreSQL's binary COPY form.
    func copy(_ command: String, _ data: [UInt8]) async throws -> Int {
        try await perform { exchange, _ in
            try exchange.sent(PQsendQuery(exchange.handle, command))
            return try exchange.answer(copying: data).affected
        }
    }

    /// Several statements in one text, without parameters: migrations.
    func script(_ text: String, shielded: Bool = false) async throws {
        try await perform(shielded: shielded) { exchange, _ in
            try SQL(stringLiteral: text).check()
            try exchange.sent(PQsendQuery(exchange.handle, text))
            _ = try exchange.answer()
        }
    }

    // MARK: - Notifications

    /// Calls `wake` for every notification until the connection is lost or the task is cancelled.
    func notifications(_ wake: @escaping @Sendable () -> Void) async throws {
        try await perform { exchange, _ in
            while try exchange.hears() {
                var found = false
                while let notification = PQnotifies(exchange.handle) {
                    found = true
                    PQfreemem(notification)
                }
                if found { wake() }
            }
        }
    }

    // MARK: - On the connection's thread

    /// Runs `receive` on the connection's thread. When the calling task is cancelled, so is the statement.
    ///
    /// - Parameters:
    ///   - send: Sends ahead, on the caller's thread, and returns whether it did: the answer then wakes the connection's thread, which
    ///     saves one of the two switches to it. It never blocks.
    ///   - receive: Gets whether it was sent ahead.
    private func perform<Value: Sendable>(
        shielded: Bool = false,
        sending send: @escaping @Sendable (Exchange) throws -> Bool = { _ in false },
        receiving receive: @escaping @Sendable (Exchange, Bool) throws -> Value
    ) async throws -> Value {
        let call = Call(bell)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let exchange = Exchange(
                    handle,
                    for: call,
                    bell: bell,
                    cancelQueue: server.cancelQueue,
                    patience: patience
                )
                thread.give {
                    continuation.resume(with: Result { try self.converse(exchange, receive) })
                } sending: {
                    guard !call.isCancelled, !isAbandoned else { return false }
                    return exchange.sendsAhead(send)
                }
            }
        } onCancel: {
            if !shielded { call.cancel() }
        }
    }

    private func converse<Value>(
        _ exchange: Exchange,
        _ receive: (Exchange, Bool) throws -> Value
    ) throws -> Value {
        let call = exchange.call
        // What was sent ahead has to be received, or cancelled, by the exchange.
        guard exchange.isSentAhead || !call.isCancelled else { throw CancellationError() }
        guard !isAbandoned else { throw PostgresError(.connection, message: "the connection was given up") }
        defer {
            exchange.settle()
            isAbandoned = isAbandoned || exchange.isGivenUp
            let isIdle = PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
            reusable.store(isIdle && !isAbandoned, ordering: .releasing)
        }
        do {
            return try receive(exchange, try exchange.sentAhead.get())
        } catch let error as PostgresError {
            isAbandoned = error.kind == .connection
            guard call.isCancelled, error.kind == .cancelled || exchange.isGivenUp else { throw error }
            throw CancellationError()
        }
    }

    /// The name of the statement's plan on the server; `nil` when there are too many, or none at all.
    private func prepare(_ sql: SQL, _ key: SQL.Form, _ exchange: Exchange) throws -> String? {
        if let name = prepared[key] { return name }
        guard let name = newPlan() else { return nil }
        try sql.check()
        let types = sql.parameters.map(\.type)
        try exchange.sent(PQsendPrepare(exchange.handle, name, sql.text, Int32(types.count), types))
        _ = try exchange.answer()
        prepared[key] = name
        return name
    }

    /// Ends all plans: after a change of tables, which may have ended any of them.
    func forgetPlans() async throws {
        _ = try await run("DEALLOCATE ALL")
        prepared = [:]
    }

    private func newPlan(besides others: Int = 0) -> String? {
        guard server.prepares, prepared.count + others < Self.preparedLimit else { return nil }
        preparedCount += 1
        return "s\(preparedCount)"
    }
}
