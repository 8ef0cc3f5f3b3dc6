internal import CLibpq
import Dispatch
import Foundation
import Synchronization

/// One connection to PostgreSQL. libpq's calls block, so each connection has a serial queue of its own and no call ever runs
/// on Swift's cooperative threads.
final class Connection: @unchecked Sendable {
    // Safe to share: everything below is touched on `queue` only, but for `cancel`, which libpq allows from anywhere.
    private let queue = DispatchQueue(label: "dcmms.postgres")
    private let handle: OpaquePointer
    private var prepared: [String: String] = [:]

    /// More statements than this are not kept prepared: lists with optional filters make new texts.
    private static let preparedLimit = 256

    private init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfinish(handle)
    }

    static func connect(_ url: String, options: String) async throws -> Connection {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let keys = ["dbname", "options", "connect_timeout", "client_encoding"]
                let values = [url, options, "5", "UTF8"]
                let handle = withCStrings(keys) { keys in
                    // expand_dbname = 1: the first value may be a whole connection URL.
                    withCStrings(values) { values in PQconnectdbParams(keys, values, 1) }
                }
                guard let handle else {
                    return continuation.resume(throwing: PostgresError(.connection, message: "out of memory"))
                }
                guard PQstatus(handle) == CONNECTION_OK else {
                    let error = PostgresError.connection(handle)
                    PQfinish(handle)
                    return continuation.resume(throwing: error)
                }
                PQsetNoticeReceiver(handle, { _, _ in }, nil)
                continuation.resume(returning: Connection(handle))
            }
        }
    }

    /// Whether the connection can be used again: alive, and not inside a transaction that somebody left open.
    func isReusable() async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: PQstatus(self.handle) == CONNECTION_OK
                        && PQtransactionStatus(self.handle) == PQTRANS_IDLE
                )
            }
        }
    }

    func run(_ sql: SQL) async throws -> ResultSet {
        try await perform { handle in
            let name = try self.prepare(sql, handle)
            return try self.finished(Self.execute(name, sql, handle), handle)
        }
    }

    /// Several statements in one round trip (libpq's pipeline mode). Outside a transaction they form one of their own.
    func pipeline(_ statements: [SQL]) async throws -> [ResultSet] {
        guard !statements.isEmpty else { return [] }
        return try await perform { handle in
            guard PQenterPipelineMode(handle) == 1 else { throw PostgresError.connection(handle) }
            defer { PQexitPipelineMode(handle) }
            for sql in statements {
                let sent = Self.withParameters(sql) { count, types, values, lengths, formats in
                    PQsendQueryParams(handle, sql.text, count, types, values, lengths, formats, 1)
                }
                guard sent == 1 else { throw PostgresError.connection(handle) }
            }
            guard PQpipelineSync(handle) == 1 else { throw PostgresError.connection(handle) }
            var results: [ResultSet] = []
            var failure: (any Error)?
            // Each statement answers with its result and a NULL; after a failure the rest answer "aborted".
            for _ in statements {
                do {
                    results.append(try self.finished(PQgetResult(handle), handle))
                } catch {
                    failure = failure ?? error
                }
                while let extra = PQgetResult(handle) { PQclear(extra) }
            }
            if let sync = PQgetResult(handle) { PQclear(sync) }
            if let failure { throw failure }
            return results
        }
    }

    /// Sends rows that are already in PostgreSQL's binary COPY form.
    func copy(_ command: String, _ data: [UInt8]) async throws -> Int {
        try await perform { handle in
            let begun = PQexec(handle, command)
            guard PQresultStatus(begun) == PGRES_COPY_IN else {
                _ = try self.finished(begun, handle)
                throw PostgresError(.other, message: "not a COPY FROM STDIN: \(command)")
            }
            PQclear(begun)
            let sent = data.withUnsafeBytes { bytes -> Bool in
                // libpq buffers what it is given whole; pieces keep that buffer small.
                stride(from: 0, to: bytes.count, by: 1 << 20).allSatisfy { offset in
                    let count = min(1 << 20, bytes.count - offset)
                    let start = bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                    return PQputCopyData(handle, start, Int32(count)) == 1
                }
            }
            guard sent, PQputCopyEnd(handle, nil) == 1 else { throw PostgresError.connection(handle) }
            let result = PQgetResult(handle)
            while let extra = PQgetResult(handle) { PQclear(extra) }
            return try self.finished(result, handle).affected
        }
    }

    /// Several statements in one text, without parameters: migrations.
    func script(_ text: String) async throws {
        try await perform { handle in
            _ = try self.finished(PQexec(handle, text), handle)
        }
    }

    // MARK: - Notifications

    /// A source that calls `handler` on the connection's queue when the server sent something.
    func readable(_ handler: @escaping @Sendable () -> Void) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(fileDescriptor: PQsocket(handle), queue: queue)
        source.setEventHandler(handler: handler)
        return source
    }

    /// Takes what the server sent; true when there was a notification in it. On the queue only.
    func takeNotifications() -> Bool {
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
        _ body: @escaping @Sendable (OpaquePointer) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    guard cancellation.begin(self.handle) else {
                        return continuation.resume(throwing: CancellationError())
                    }
                    let result = Result { try body(self.handle) }
                    cancellation.end()
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func prepare(_ sql: SQL, _ handle: OpaquePointer) throws -> String? {
        // The types are part of the plan: the same text may come with another type behind an optional.
        let key = sql.text + sql.parameters.map { ",\($0.type)" }.joined()
        if let name = prepared[key] { return name }
        guard prepared.count < Self.preparedLimit else { return nil }
        let name = "s\(prepared.count)"
        let types = sql.parameters.map(\.type)
        let result = PQprepare(handle, name, sql.text, Int32(types.count), types)
        _ = try finished(result, handle)
        prepared[key] = name
        return name
    }

    private static func execute(_ name: String?, _ sql: SQL, _ handle: OpaquePointer) -> OpaquePointer? {
        withParameters(sql) { count, types, values, lengths, formats in
            if let name {
                PQexecPrepared(handle, name, count, values, lengths, formats, 1)
            } else {
                PQexecParams(handle, sql.text, count, types, values, lengths, formats, 1)
            }
        }
    }

    private func finished(_ result: OpaquePointer?, _ handle: OpaquePointer) throws -> ResultSet {
        guard let result else { throw PostgresError.connection(handle) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC:
            return ResultSet(result)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            throw PostgresError(.rolledBack, message: "an earlier statement of the pipeline failed")
        default:
            defer { PQclear(result) }
            throw PostgresError.result(result, handle)
        }
    }

    private static func withParameters<Value>(
        _ sql: SQL,
        _ body: (
            Int32, UnsafePointer<UInt32>, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>,
            UnsafePointer<Int32>
        ) -> Value
    ) -> Value {
        // All values lie in one buffer; NULL is a null pointer.
        var buffer: [UInt8] = []
        var offsets: [Int?] = []
        for parameter in sql.parameters {
            guard let bytes = parameter.bytes else {
                offsets.append(nil)
                continue
            }
            offsets.append(buffer.count)
            buffer += bytes
            buffer.append(0)
        }
        let lengths = sql.parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: sql.parameters.count)
        return buffer.withUnsafeBytes { buffer in
            let values = offsets.map { offset in
                offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return body(Int32(values.count), sql.parameters.map(\.type), values, lengths, formats)
        }
    }
}

/// Ties a task's cancellation to the statement that runs for it, and to no later one.
private final class Cancellation: Sendable {
    private enum State: Sendable {
        case waiting
        case running(Handle)
        case over
        case cancelled
    }

    private struct Handle: @unchecked Sendable {
        // Safe to send: PQgetCancel and PQcancel may be called from any thread (libpq manual, 34.7).
        let pointer: OpaquePointer
    }

    private let state = Mutex(State.waiting)

    func begin(_ handle: OpaquePointer) -> Bool {
        let handle = Handle(pointer: handle)
        return state.withLock { state in
            if case .cancelled = state { return false }
            state = .running(handle)
            return true
        }
    }

    func end() {
        state.withLock { $0 = .over }
    }

    func cancel() {
        state.withLock { state in
            guard case .running(let handle) = state else {
                if case .waiting = state { state = .cancelled }
                return
            }
            // Under the lock, so that the statement can't end and another begin meanwhile; a round trip to the server at most.
            guard let request = PQgetCancel(handle.pointer) else { return }
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(request, &message, 256)
            PQfreeCancel(request)
        }
    }
}

/// Calls `body` with a NULL-terminated array of C strings.
private func withCStrings<Value>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}
