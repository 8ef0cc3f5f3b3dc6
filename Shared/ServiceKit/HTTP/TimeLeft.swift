public import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    /// `X-Dcmms-Time-Left`: for how many milliseconds the gateway waits for the answer. A client can't set it.
    public static let timeLeft = HTTPField.Name("X-Dcmms-Time-Left")!
}

/// Answers a request within the time that the gateway has left for it. When the time is over, the work is cancelled: nobody reads
/// its answer, and its locks and connections are needed for others. Without the header, a request has as much time as it needs.
///
/// - Throws: ``Problem`` 504 when the time is over, and what `body` throws.
func withinTimeLeft(
    _ request: Request,
    _ body: @escaping @Sendable () async throws -> Response
) async throws -> Response {
    guard let text = request.headers[.timeLeft], let milliseconds = Int64(text), milliseconds > 0 else {
        return try await body()
    }
    return try await withThrowingTaskGroup(of: Response.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .milliseconds(milliseconds))
            throw Problem(.gatewayTimeout, "deadline_exceeded", "there was no time left for the answer")
        }
        defer { group.cancelAll() }
        guard let response = try await group.next() else { throw CancellationError() }
        return response
    }
}
