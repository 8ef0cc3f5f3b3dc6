public import Foundation
import HTTPTypes
public import Hummingbird

/// Lets only requests with a valid bearer token pass, and sets the principal for the handlers.
public struct Authenticate: RouterMiddleware {
    public typealias Context = DaemonContext

    private let authenticator: Authenticator
    private let now: @Sendable () -> Date

    public init(_ authenticator: Authenticator, now: @escaping @Sendable () -> Date = { Date() }) {
        self.authenticator = authenticator
        self.now = now
    }

    public func handle(
        _ request: Request,
        context: DaemonContext,
        next: @concurrent (Request, DaemonContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            throw Problem(.unauthorized, "unauthenticated", "a bearer token is required")
        }
        context.caller = try await authenticator.authenticate(String(header.dropFirst(7)), at: now())
        return try await next(request, context)
    }
}
