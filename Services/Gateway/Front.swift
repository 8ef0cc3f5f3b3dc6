import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// What happens to a request at the door: routed, identified, counted, forwarded.
struct Front: Sendable {
    let authenticator: Authenticator
    let limiter: RateLimiter
    let forwarder: Forwarder
    let proxies: TrustedProxies
    let table: RouteTable
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
        let target = try find(request.method, path)
        let now = now()
        let address = proxies.client(peer: context.remoteAddress, forwarded: request.headers[.forwardedFor])
        if target.isOpen {
            try await limiter.admit("address:\(address)", isLogin: path == "/api/v1/auth/login", at: now)
        } else {
            let principal = try await identify(request, from: address, at: now)
            // Per person, not per address: a whole site stands behind one.
            try await limiter.admit("user:\(principal.tenant):\(principal.user)", at: now)
        }
        return try await forwarder.forward(request, to: target.upstream, from: address, context)
    }

    private func find(_ method: HTTPRequest.Method, _ path: String) throws -> RouteTable.Target {
        switch table.match(method, path) {
        case .found(let target): return target
        case .nothing: throw Problem(.notFound, "no_route", "there is nothing at this path")
        case .otherMethods(let methods):
            let allowed = methods.joined(separator: ", ")
            var problem = Problem(.methodNotAllowed, "method_not_allowed", "this path takes \(allowed) only")
            problem.allow = allowed
            throw problem
        }
    }

    /// Who asks. A token that was not seen before counts against its address before its signature is looked at, so that forged
    /// ones cost us little; a genuine one is given back, since many people log in from one site.
    private func identify(_ request: Request, from address: String, at now: Date) async throws -> Principal {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            throw Problem(.unauthorized, "unauthenticated", "a bearer token is required")
        }
        let token = String(header.dropFirst(7))
        if let principal = try authenticator.remembered(token, at: now) { return principal }
        let stranger = "token:\(address)"
        try await limiter.admit(stranger, at: now)
        let principal = try await authenticator.authenticate(token, at: now)
        await limiter.giveBack(stranger, at: now)
        return principal
    }
}
