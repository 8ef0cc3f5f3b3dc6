internal import CLibpq
import Dispatch
import Foundation

/// Where connections lead, and how they are opened.
final class Server: Sendable {
    let url: String
    /// See ``Database/init(url:maximumConnections:statementTimeout:acquireTimeout:prepares:)``.
    let prepares: Bool
    /// The one thread that sends cancel requests; see ``CancelRequest``.
    let cancelQueue = DispatchQueue(label: "dcmms.postgres.cancel")

    init(url: String, prepares: Bool = true) {
        self.url = url
        self.prepares = prepares
    }

    /// Opens a connection, with a thread of its own. It takes at most three seconds for each address of the server.
    ///
    /// - Parameter statementTimeout: `nil` or zero for a session whose statements may take as long as they do.
    func connect(statementTimeout: Duration? = nil) async throws -> Connection {
        let bell = try Bell()
        // The server's own time-out comes first; this one is for a server that can't even do that.
        let patience = statementTimeout.flatMap { $0 > .zero ? $0 + .seconds(5) : nil }
        return try await withCheckedThrowingContinuation { continuation in
            ConnectionThread.open(bell, patience: patience) {
                try self.open(statementTimeout)
            } _: { opened in
                continuation.resume(
                    with: opened.map { thread, handle in
                        Connection(handle, on: thread, to: self, patience: patience, bell)
                    }
                )
            }
        }
    }

    private func open(_ statementTimeout: Duration?) throws -> OpaquePointer {
        // What is before the URL ("dbname") is a default that the URL may change.
        var parameters = [
            ("fallback_application_name", ProcessInfo.processInfo.processName),
            ("connect_timeout", "3"),
            // A peer that is gone without a word is noticed after half a minute, not after hours.
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        // A pooler refuses settings that it can't carry from one session to another: there they are the role's own.
        if prepares { parameters.append(("options", options(statementTimeout))) }
        let handle = withCStrings(parameters.map(\.0)) { keys in
            // expand_dbname = 1: that value may be a whole connection URL.
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(keys, values, 1) }
        }
        guard let handle else { throw PostgresError(.connection, message: "out of memory") }
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0 else {
            defer { PQfinish(handle) }
            throw PostgresError(.connection, message: String(cString: PQerrorMessage(handle)))
        }
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        return handle
    }

    private func options(_ statementTimeout: Duration?) -> String {
        // The server looks now and then whether the client is still there, or a query would outlive a killed service.
        var settings = ["timezone=UTC", "client_connection_check_interval=2000"]
        if let statementTimeout { settings.append("statement_timeout=\(statementTimeout.milliseconds)") }
        return settings.map { "-c \($0)" }.joined(separator: " ")
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
