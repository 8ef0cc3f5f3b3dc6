internal import CLibpq
import Dispatch
import Glibc
import Synchronization

/// One connection to PostgreSQL. Its thread waits for the server, so each connection has a serial queue of its own and nothing
/// ever waits on Swift's cooperative threads.
final class Connection: @unchecked Sendable {
    // Safe to share: the variables, and libpq with `handle`, are used on `queue` only; the rest is constant or synchronized.
    private let handle: OpaquePointer
    private var prepared: [SQL.Form: String] = [:]
    private var preparedCount = 0
    private var isAbandoned = false
    private let queue: DispatchQueue
    private let server: Server
    private let patience: Duration?
    private let bell: Bell
    private let socket: Int32
    private let reusable = Atomic(true)

    /// More statements than this are not kept prepared: lists with optional filters make new texts.
    private static let preparedLimit = 256

    /// Takes over an open handle; everything else happens on `queue`.
    init(_ handle: OpaquePointer, on queue: DispatchQueue, to server: Server, patience: Duration?, _ bell: Bell) {
        self.handle = handle
        self.queue = queue
        self.server = server
        self.patience = patience
        self.bell = bell
        socket = PQsocket(handle)
    }

    deinit {
        PQfinish(handle)
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
            let (key, plan) = try self.prepare(sql, exchange)
            do {
                try sql.send(as: plan, in: exchange)
                return try exchange.answer()
            } catch let error as PostgresError where error.isStalePlan {
                // Somebody has changed the table. In a transaction the caller has to begin again; it finds no plan then.
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
            for sql in statements { try sql.check() }
            do {
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
        try await perform { exchange in
            try exchange.sent(PQsendQuery(exchange.handle, command))
            return try exchange.answer(copying: data).affected
        }
    }

    /// Several statements in one text, without parameters: migrations.
    func script(_ text: String, shielded: Bool = false) async throws {
        try await perform(shielded: shielded) { exchange in
            try SQL(stringLiteral: text).check()
            try exchange.sent(PQsendQuery(exchange.handle, text))
            _ = try exchange.answer()
        }
    }

    // MARK: - Notifications

    /// A source that calls `handler` on the connection's queue when the server sent something.
    func readable(_ handler: @escaping @Sendable () -> Void) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
        source.setEventHandler(handler: handler)
        return source
    }

    /// Reads what the server sent; true when there was a notification in it. On the queue only.
    func readNotifications() -> Bool {
        guard PQconsumeInput(handle) == 1 else { return false }
        var found = false
        while let notification = PQnotifies(handle) {
            found = true
            PQfreemem(notification)
        }
        return found
    }

    /// Whether the server closed the connection. On the queue only.
    var isLost: Bool {
        PQstatus(handle) != CONNECTION_OK
    }

    // MARK: - On the queue

    /// Runs `body` on the connection's queue. When the calling task is cancelled, so is the statement.
    private func perform<Value: Sendable>(
        shielded: Bool = false,
        _ body: @escaping @Sendable (Exchange) throws -> Value
    ) async throws -> Value {
        let call = Call(bell)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    let result = Result { try self.converse(for: call, body) }
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            if !shielded { call.cancel() }
        }
    }

    private func converse<Value>(for call: Call, _ body: (Exchange) throws -> Value) throws -> Value {
        guard !call.isCancelled else { throw CancellationError() }
        guard !isAbandoned else { throw PostgresError(.connection, message: "the connection was given up") }
        let exchange = Exchange(handle, for: call, bell: bell, cancelQueue: server.cancelQueue, patience: patience)
        defer {
            exchange.settle()
            isAbandoned = isAbandoned || exchange.isGivenUp
            let isIdle = PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
            reusable.store(isIdle && !isAbandoned, ordering: .releasing)
        }
        do {
            return try body(exchange)
        } catch let error as PostgresError {
            isAbandoned = error.kind == .connection
            guard call.isCancelled, error.kind == .cancelled || exchange.isGivenUp else { throw error }
            throw CancellationError()
        }
    }

    /// The name of the statement's plan on the server; `nil` when there are too many, or none at all.
    private func prepare(_ sql: SQL, _ exchange: Exchange) throws -> (key: SQL.Form, name: String?) {
        let key = sql.form
        if let name = prepared[key] { return (key, name) }
        guard let name = newPlan() else { return (key, nil) }
        try sql.check()
        let types = sql.parameters.map(\.type)
        try exchange.sent(PQsendPrepare(exchange.handle, name, sql.text, Int32(types.count), types))
        _ = try exchange.answer()
        prepared[key] = name
        return (key, name)
    }

    private func newPlan(besides others: Int = 0) -> String? {
        guard server.prepares, prepared.count + others < Self.preparedLimit else { return nil }
        preparedCount += 1
        return "s\(preparedCount)"
    }
}
