import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// What happens to a request at the door: routed, identified, counted, forwarded.
struct Front: Sendable {
    let authenticator: Authenticator
    let limiter: RateLimiter
    let forwarder: Forwarder
    var now: @Sendable () -> Date = { Date() }

    func add(to router: Router<DaemonContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/api/**", method: method, use: handle)
        }
        router.get("/.well-known/jwks.json", use: handle)
        router.get("/") { _, _ in "dCMMS\n" }
    }

    @Sendable func handle(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let path = request.uri.path
        guard let upstream = RouteTable.upstream(for: path) else {
            throw Problem(.notFound, "no_route", "there is nothing at this path")
        }
        let now = now()
        let client: String
        if RouteTable.isOpen(path) {
            client = "address:\(context.remoteAddress ?? "unknown")"
        } else {
            guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
                throw Problem(.unauthorized, "unauthenticated", "a bearer token is required")
            }
            let principal = try await authenticator.authenticate(String(header.dropFirst(7)), at: now)
            // Per person, not per address: a whole site stands behind one.
            client = "user:\(principal.tenant):\(principal.user)"
        }
        try await limiter.admit(client, isLogin: path == "/api/v1/auth/login", at: now)
        return try await forwarder.forward(request, to: upstream, context)
    }
}
