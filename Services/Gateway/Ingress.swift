import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import ServiceKit

/// What happens to a request that arrives: it is routed, identified, counted and forwarded.
struct Ingress: Sendable {
    let authenticator: Authenticator
    var keyUses: KeyUses?
    let limiter: RateLimiter
    let limits: RateLimits
    let forwarder: Forwarder
    let proxies: Networks
    let table: RouteTable
    let browsers: BrowserSessions
    let door: Door
    var now: @Sendable () -> Date = { Date() }

    func add(to router: Router<DaemonContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/api/**", method: method, use: handle)
        }
        router.on("/api/**", method: .options, use: options)
        router.get("/.well-known/jwks.json", use: handle)
    }

    /// What pages of other origins may do.
    var origins: CrossOriginRules { CrossOriginRules(authenticator: authenticator, site: browsers.site) }

    @Sendable private func options(_ request: Request, _ context: DaemonContext) throws -> Response {
        guard case .otherMethods(let methods) = table.match(.options, request.uri.path) else { throw Problem.noRoute }
        return origins.preflight(request, methods: methods)
    }

    @Sendable func handle(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let path = request.uri.path
        let target = try find(request.method, path)
        // First of all: a refusal must cost little.
        try await door.enter(target.kind)
        defer { door.leave() }
        try forwarder.requireRoom(at: target)
        try requirePlain(request, context)
        var limit = DaemonContext.maximumBodySize
        let address = address(of: request, context)
        var headers = request.headers
        // The services know no cookies.
        headers[values: .cookie] = []
        if target.isOpen {
            try await admit(limits.strangers(target.kind, from: address), context)
            limit = Self.largeBodies.contains(target.path) ? limit : Self.strangersBodySize
        } else {
            let token = try await token(of: request, from: address, context)
            headers[.authorization] = "Bearer \(token)"
            headers[CrossSite.header] = nil
            let caller = try await admit(token, target.kind, from: address, context)
            try origins.requireOrigin(of: request, for: caller.tenant, context)
        }
        return try await forwarder.forward(
            request,
            headers,
            to: target,
            from: address,
            bodyUpTo: limit,
            context
        )
    }

    /// A step of a login that is auth's. Its cookies are forwarded, except ours.
    @Sendable func step(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let target = try find(request.method, request.uri.path)
        try requirePlain(request, context)
        let address = address(of: request, context)
        try await admit(limits.strangers(target.kind, from: address), context)
        let isProviders = target.path == Self.providersForm
        if !isProviders, !CrossSite.isSafe(request.method), browsers.site.verdict(request.headers) == .foreign {
            throw Problem(.forbidden, "cross_site", "a form of another site can't log anybody in")
        }
        var headers = request.headers
        HostCookie.remove([BrowserSessions.cookie, BrowserSessions.loginCookie], from: &headers)
        return try await forwarder.forward(
            request,
            headers,
            to: target,
            from: address,
            bodyUpTo: isProviders ? Self.providersBodySize : Self.strangersBodySize,
            context
        )
    }

    /// A page of an identity provider makes the browser send this form (SAML). Auth lets somebody in by it only if it answers a request that
    /// this browser has brought there.
    private static let providersForm = "/auth/providers/{id}/saml"
    /// It lists a person's groups, and is signed.
    private static let providersBodySize = 400 << 10

    /// The address that a request comes from.
    func address(of request: Request, _ context: DaemonContext) -> String {
        proxies.client(peer: context.remoteAddress, forwarded: request.headers[.forwardedFor])
    }

    /// Counts a step of a login that is ours. A login is several requests of several kinds, and many people can log in from one site.
    ///
    /// - Returns: The address that it comes from.
    @discardableResult
    func admitStranger(_ request: Request, _ kind: RouteClass, _ context: DaemonContext) async throws -> String {
        let address = address(of: request, context)
        try await admit(limits.strangers(kind, from: address), context)
        return address
    }

    /// Identifies and counts a caller.
    @discardableResult
    func admit(
        _ token: String,
        _ kind: RouteClass,
        from address: String,
        _ context: DaemonContext
    ) async throws -> Principal {
        let principal = try await identify(token, from: address, at: now(), context)
        context.caller = principal
        try await admit(limits.callers(kind, principal), context)
        return principal
    }

    /// The token that a request comes with, or that its browser's session has: here, and nowhere else, is decided who sends it.
    ///
    /// - Throws: ``Problem`` 401 when there is none.
    func token(of request: Request, from address: String, _ context: DaemonContext) async throws -> String {
        if let header = request.headers[.authorization] {
            guard header.lowercased().hasPrefix("bearer ") else { throw Problem.noToken }
            return String(header.dropFirst(7))
        }
        guard let name = browsers.name(in: request.headers) else { throw Problem.noToken }
        return try await browsers.session(of: name, request, from: address, context).accessToken
    }

    /// No service unpacks bodies: a few bytes could become gigabytes.
    private func requirePlain(_ request: Request, _ context: DaemonContext) throws {
        guard let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" else { return }
        context.answerHeaders[.acceptEncoding] = "identity"
        throw Problem(.unsupportedMediaType, "encoding_unsupported", "a body must not be compressed")
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

    /// The largest body of a request without a token, such as a login: a client without a login must not fill our memory.
    private static let strangersBodySize = 16 << 10
    /// Where strangers send more: a part of a photo of what they ask for. The service knows how large it was announced to be.
    private static let largeBodies: Set = ["/api/v1/public/requests/{token}/{receipt}/photos/{photo}/parts/{part}"]

    /// Who sends the request. An address that has sent too many tokens that are not valid is refused before the signature of another
    /// one is checked, so that forged tokens cost little. Valid ones do not count, because many people can log in from one site.
    func identify(
        _ token: String,
        from address: String,
        at now: Date,
        _ context: DaemonContext
    ) async throws -> Principal {
        let isKey = token.hasPrefix(APIKeyText.prefix)
        // A key is not looked up before its address is: every wrong one counts.
        if !isKey, let principal = try authenticator.remembered(token, at: now) { return principal }
        let forger = limits.forgers(from: address)
        try requireRoom(await limiter.look(at: forger))
        do {
            let principal = try await authenticator.authenticate(token, at: now)
            if isKey { keyUses?.note(principal, at: now) }
            return principal
        } catch let refusal as Problem where refusal.status == .unauthorized {
            try await admit([forger], context)
            throw refusal
        }
    }
}

extension Problem {
    fileprivate static let noToken = Problem(.unauthorized, "unauthenticated", "a bearer token is required")
}
