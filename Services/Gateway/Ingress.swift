import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import ServiceKit

extension HTTPField.Name {
    /// `Forwarded` (RFC 7239).
    fileprivate static let forwarded = HTTPField.Name("Forwarded")!
}

/// What happens to a request at the door: routed, identified, counted, forwarded.
struct Ingress: Sendable {
    let authenticator: Authenticator
    let limiter: RateLimiter
    let forwarder: Forwarder
    let proxies: Networks
    /// Where operators, the kubelet and Prometheus are.
    var operators = Networks.privateOnes
    let table: RouteTable
    var now: @Sendable () -> Date = { Date() }

    func add(to router: Router<DaemonContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/api/**", method: method, use: handle)
        }
        router.on("/api/**", method: .options, use: options)
        router.get("/.well-known/jwks.json", use: handle)
        router.get("/") { _, _ in "dCMMS\n" }
    }

    /// The console is served from the API's own origin: no other one is allowed to use it from a browser. The answer to a preflight is
    /// true, and without the headers that would allow it.
    @Sendable private func options(_ request: Request, _ context: DaemonContext) throws -> Response {
        guard case .otherMethods(let methods) = table.match(.options, request.uri.path) else { throw Problem.noRoute }
        return Response(status: .noContent, headers: [.allow: (methods + ["OPTIONS"]).joined(separator: ", ")])
    }

    /// Whether a request may see `/readyz` and `/metrics`: it comes from an operator's network, and through no proxy. What the ingress
    /// passes on is everybody's, and it says so in a header.
    @Sendable func isOperator(_ request: Request, _ context: DaemonContext) -> Bool {
        request.headers[.forwardedFor] == nil && request.headers[.forwarded] == nil
            && context.remoteAddress.flatMap(IPAddress.init).map(operators.contains) ?? false
    }

    @Sendable func handle(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let path = request.uri.path
        let target = try find(request.method, path)
        let now = now()
        var limit = DaemonContext.maximumBodySize
        let address = proxies.client(peer: context.remoteAddress, forwarded: request.headers[.forwardedFor])
        if target.isOpen {
            try await limiter.admit("address:\(address)", isLogin: target.path == "/api/v1/auth/login", at: now)
            limit = Self.strangersBodySize
        } else {
            let principal = try await identify(request, from: address, at: now)
            context.caller = principal
            // Per person, not per address: a whole site stands behind one.
            try await limiter.admit("user:\(principal.tenant):\(principal.user)", at: now)
        }
        return try await forwarder.forward(request, to: target.upstream, from: address, bodyUpTo: limit, context)
    }

    private func find(_ method: HTTPRequest.Method, _ path: String) throws -> RouteTable.Target {
        switch table.match(method, path) {
        case .found(let target): return target
        case .nothing: throw Problem.noRoute
        case .otherMethods(let methods):
            let allowed = methods.joined(separator: ", ")
            var problem = Problem(.methodNotAllowed, "method_not_allowed", "this path allows only \(allowed)")
            problem.allow = allowed
            throw problem
        }
    }

    /// The largest body of a request without a token, a login for instance: whoever has not said who they are can't fill our memory.
    private static let strangersBodySize = 16 << 10

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
