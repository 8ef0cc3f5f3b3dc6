import HTTPTypes
import Hummingbird
import Identifiers
import ServiceKit

/// Tells browsers what they must not do with an answer. A page says for itself what it needs more.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = DaemonContext

    /// Whether clients come over TLS to this process.
    let isTLS: Bool
    let proxies: Networks

    func handle(
        _ request: Request,
        context: DaemonContext,
        next: @concurrent (Request, DaemonContext) async throws -> Response
    ) async throws -> Response {
        context.answerHeaders = isSecure(request, context) ? Self.secure : Self.fields
        return try await next(request, context)
    }

    /// Over plain HTTP a browser must not believe the promise of TLS (RFC 6797, section 7.2).
    private func isSecure(_ request: Request, _ context: DaemonContext) -> Bool {
        if isTLS { return true }
        guard request.headers[.forwardedProto]?.lowercased() == "https" else { return false }
        return context.remoteAddress.flatMap(IPAddress.init).map(proxies.contains) ?? false
    }

    private static let fields: HTTPFields = [
        .xContentTypeOptions: "nosniff",
        .init("Referrer-Policy")!: "strict-origin-when-cross-origin",
        // Answers of the API are no pages.
        .contentSecurityPolicy: "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        .init("X-Frame-Options")!: "DENY",
        .init("Cross-Origin-Opener-Policy")!: "same-origin",
        .init("Cross-Origin-Resource-Policy")!: "same-origin",
        // What the field app uses.
        .init("Permissions-Policy")!: "camera=(self), geolocation=(self), microphone=()",
    ]

    private static let secure: HTTPFields = {
        var fields = SecurityHeaders.fields
        fields[.strictTransportSecurity] = "max-age=31536000; includeSubDomains; preload"
        return fields
    }()
}

extension HTTPField.Name {
    fileprivate static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}
