/// A kind of request. Each kind is counted by itself: somebody who reads a long audit log can still close a work order.
enum RouteClass: String, CaseIterable, Hashable, Sendable {
    case read
    case write
    /// Reads or computes much more than a page.
    case heavy
    /// Checks a secret of somebody who is not logged in.
    case signIn = "sign-in"

    /// - Parameter path: As the document writes it.
    init(_ method: String, _ path: String) {
        self = Self.exceptions["\(method) \(path)"] ?? (method == "GET" ? .read : .write)
    }

    /// The routes whose method does not say what they are.
    static let exceptions: [String: RouteClass] = [
        "POST /api/v1/auth/login": .signIn,
        "POST /api/v1/auth/login/mfa": .signIn,
        "POST /api/v1/auth/login/mfa/options": .signIn,
        "POST /api/v1/auth/mfa/enrolment": .signIn,
        "POST /api/v1/auth/mfa/enrolment/security-key": .signIn,
        "POST /api/v1/auth/mfa/enrolment/security-key/options": .signIn,
        "POST /api/v1/auth/mfa/enrolment/confirmation": .signIn,
        "POST /api/v1/auth/refresh": .signIn,
        "POST /api/v1/auth/links": .signIn,
        "POST /api/v1/auth/invitation": .signIn,
        "POST /api/v1/auth/password/reset": .signIn,
        "POST /api/v1/auth/unlock": .signIn,
        "POST /auth/authorize": .signIn,
        "GET /auth/providers/{id}/callback": .signIn,
        "POST /auth/providers/{id}/saml": .signIn,
        // By strangers, at the addresses of a site: as few as logins.
        "POST /api/v1/public/requests/{token}": .signIn,
        "GET /api/v1/public/requests/{token}": .signIn,
        "GET /api/v1/public/requests/{token}/{receipt}": .signIn,
        "POST /api/v1/public/requests/{token}/{receipt}/photos": .signIn,
        "GET /api/v1/audit/export": .heavy,
        "POST /api/v1/users/import": .heavy,
        "GET /api/v1/audit": .heavy,
        "GET /api/v1/predictions/training-set": .heavy,
        // A pull changes nothing but the device's cursor.
        "POST /api/v1/sync/pull": .read,
    ]
}
