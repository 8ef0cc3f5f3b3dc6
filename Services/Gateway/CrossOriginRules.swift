import HTTPTypes
import Hummingbird
import Identifiers
import ServiceKit

/// Lets pages of other origins read the API's answers, where a tenant has allowed it.
///
/// Before anybody is known, an origin that one tenant allows is enough: a preflight comes without a token, and a page has to be able to read why its
/// token is refused. As soon as the caller is known, only their own tenant's origins count (``requireOrigin(of:for:_:)``).
struct CrossOriginRules: RouterMiddleware {
    typealias Context = DaemonContext

    let authenticator: Authenticator
    let site: CrossSite

    func handle(
        _ request: Request,
        context: DaemonContext,
        next: @concurrent (Request, DaemonContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/api/") else { return try await next(request, context) }
        // Whoever keeps answers must not give one origin's to another.
        context.answerHeaders[.vary] = "Origin"
        if request.method != .options, let origin = site.foreignOrigin(of: request), authenticator.allows(origin) {
            for field in CrossOrigin.readable(by: origin) { context.answerHeaders[field.name] = field.value }
        }
        var response = try await next(request, context)
        if let vary = response.headers[.vary] { response.headers[.vary] = "\(vary), Origin" }
        return response
    }

    /// Answers what a browser asks before it sends a request of another origin's page.
    ///
    /// - Parameter methods: Those of the path.
    func preflight(_ request: Request, methods: [String]) -> Response {
        let methods = methods.filter { $0 != "OPTIONS" }
        var headers: HTTPFields = [.allow: (methods + ["OPTIONS"]).joined(separator: ", ")]
        if let origin = site.foreignOrigin(of: request), authenticator.allows(origin),
            let wanted = request.headers[.accessControlRequestMethod], methods.contains(wanted)
        {
            for field in CrossOrigin.permission(for: origin, methods: methods) { headers.append(field) }
        }
        return Response(status: .noContent, headers: headers)
    }

    /// - Throws: ``Problem`` 403 for a page of another origin that the caller's tenant has not allowed. It can't read that either.
    func requireOrigin(of request: Request, for tenant: TenantID, _ context: DaemonContext) throws {
        guard let origin = site.foreignOrigin(of: request), !authenticator.allows(origin, for: tenant) else { return }
        for field in CrossOrigin.readable(by: origin) { context.answerHeaders[field.name] = nil }
        throw Problem(
            .forbidden,
            "origin_not_allowed",
            "your organization has not allowed pages of this origin (allowedOrigins of PATCH /api/v1/tenant)"
        )
    }
}

extension CrossSite {
    /// ``foreignOrigin(_:host:)`` of a request.
    func foreignOrigin(of request: Request) -> String? {
        foreignOrigin(request.headers[.origin], host: request.head.authority)
    }
}
