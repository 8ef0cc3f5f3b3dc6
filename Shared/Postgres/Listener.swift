/// A connection that waits for NOTIFY on one channel.
///
/// It wakes its reader on every notification, and whenever the connection was lost and is back: the reader then looks
/// itself for what it may have missed. What this process announces (``Transaction/notify(_:)``) wakes it without the way over the
/// server; behind a pooler, where a session can't listen, only that does.
public struct Listener: Sendable {
    private let server: Server
    private let announcements: Announcements
    private let channel: String

    /// - Parameter channel: The channel's name, an identifier of the program.
    public init(_ database: Database, channel: String) {
        server = database.server
        announcements = database.announcements
        self.channel = channel
    }

    /// Wake-ups, merged when the reader is slow. Ends when the reader's task does.
    public var wakeUps: AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                while !Task.isCancelled, server.prepares {
                    try? await listen { continuation.yield() }
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            let listener = announcements.add(channel) { continuation.yield() }
            continuation.onTermination = { _ in
                announcements.remove(listener)
                task.cancel()
            }
        }
    }

    /// Listens until the connection is lost.
    private func listen(_ wake: @escaping @Sendable () -> Void) async throws {
        let connection = try await server.connect()
        try await connection.script("LISTEN \"\(channel.replacing("\"", with: "\"\""))\"")
        wake()
        try await connection.notifications(wake)
    }
}
