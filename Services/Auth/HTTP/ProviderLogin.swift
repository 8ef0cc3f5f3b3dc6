import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Logging
import Messaging
import Sealing
import ServiceKit

/// A login at the tenant's identity provider: the way there, and the way back.
struct ProviderLogin: Sendable {
    let providers: IdentityProviders
    let openID: OpenIDProvider
    let people: ProviderPeople
    let codes: AuthorizationCodes
    /// Where browsers find the installation.
    let publicURL: String

    /// Between the two: only the browser that went there can come back.
    static let cookie = HostCookie("dcmms_provider")
    private static let lifetime: TimeInterval = 900
    private static let context = "login at a provider"

    /// What the cookie holds, sealed.
    private struct Trip: Codable {
        var tenant: TenantID
        var issuer: String
        var secrets: OpenIDProvider.Secrets
        var client: String
        var redirect: String
        var state: String
        var challenge: String
        var begunAt: Date

        var request: Authorization {
            Authorization(client: client, redirect: redirect, state: state, challenge: challenge)
        }
    }

    /// Where a provider sends the browser back to. Each tenant has an address of its own, so that the code of one provider never gets to
    /// another one (RFC 9700, section 4.4).
    func callback(of tenant: TenantID) -> String { "\(publicURL)/auth/providers/\(tenant)/callback" }

    // MARK: - There

    /// - Parameter isForm: Whether the browser comes from a form of ours, which may not lead to another site by itself.
    func begin(
        _ config: ProviderConfig,
        for request: Authorization,
        isForm: Bool,
        by act: Act,
        _ logger: Logger
    ) async throws -> BrowserAnswer {
        let secrets = OpenIDProvider.Secrets()
        let url = try await recording(config.tenant, act, logger) {
            try await openID.begin(config, secrets, callback: callback(of: config.tenant), at: act.time)
        }
        let trip = Trip(
            tenant: config.tenant,
            issuer: config.issuer,
            secrets: secrets,
            client: request.client,
            redirect: request.redirect,
            state: request.state,
            challenge: request.challenge,
            begunAt: act.time
        )
        let sealed = try providers.keys.sealText(try JSONWriter.text(trip), for: Self.context)
        let cookies = [Self.cookie.setting(sealed, seconds: Int(Self.lifetime))]
        guard isForm else { return .seeOther(url, cookies: cookies) }
        let page = PlainPage(
            "Log in",
            says: "You log in at your organization.",
            link: ("Continue", url),
            status: .ok
        )
        return .page(page, headers: [.refresh: "0; url=\(url)"], cookies: cookies)
    }

    // MARK: - Back

    /// - Throws: ``Problem``: 400 for a login that was not begun in this browser, 401 for one that the provider refused, 403 for somebody who
    ///   may not log in here, 503 and 504 if the provider does not answer.
    func finish(
        _ arrival: ProviderArrival,
        at tenant: TenantID,
        _ headers: HTTPFields,
        by act: Act,
        _ logger: Logger
    ) async throws -> BrowserAnswer {
        guard let trip = trip(in: headers), trip.tenant == tenant, trip.secrets.state == arrival.state,
            act.time.timeIntervalSince(trip.begunAt) < Self.lifetime,
            let config = try await providers.enabled(tenant), config.issuer == trip.issuer
        else { throw Problem(.badRequest, "login_expired", "this login was not begun here, or took too long") }
        let code = try await recording(tenant, act, logger) {
            if let error = arrival.error { throw ProviderRefusal("the provider says \(error)") }
            guard let code = arrival.code else { throw ProviderRefusal("there is no code") }
            let found = try await openID.finish(
                config,
                secret: try await providers.secret(of: tenant),
                trip.secrets,
                code: code,
                sender: arrival.iss,
                callback: callback(of: tenant),
                site: publicURL,
                at: act.time
            )
            return try await admit(found, config, trip.request, by: act)
        }
        return .seeOther(trip.request.callback(code: code), cookies: [Self.cookie.cleared])
    }

    private func trip(in headers: HTTPFields) -> Trip? {
        guard let sealed = Self.cookie.value(in: headers),
            let text = try? providers.keys.openText(sealed, for: Self.context)
        else { return nil }
        return try? JSONReader.decode(Trip.self, from: text.utf8)
    }

    private func admit(
        _ arrival: OpenIDProvider.Arrival,
        _ config: ProviderConfig,
        _ request: Authorization,
        by act: Act
    ) async throws -> String {
        var act = act
        act.tenant = config.tenant
        return try await codes.issue(for: request, logout: arrival.logout, by: act) { act, tx in
            try await people.admit(arrival.person, of: config, by: act, tx)
        }
    }

    /// Records why a login failed: in the tenant's audit log, and for those who run the installation.
    private func recording<Value>(
        _ tenant: TenantID,
        _ act: Act,
        _ logger: Logger,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            guard let (problem, reason) = Self.problem(of: error) else { throw error }
            logger.warning(
                "a login at an identity provider has failed",
                metadata: ["tenant": "\(tenant)", "reason": "\(reason)"]
            )
            try await codes.sessions.refuse(at: tenant, because: reason, by: act)
            throw problem
        }
    }

    /// What the browser is told, and what the log keeps.
    private static func problem(of error: any Error) -> (Problem, reason: String)? {
        switch error {
        case let refusal as ProviderRefusal:
            (
                Problem(.unauthorized, "provider_refused", "the login at the identity provider has failed"),
                refusal.description
            )
        case ProviderOutage.slow:
            (
                Problem(
                    .gatewayTimeout,
                    "provider_timeout",
                    "the identity provider did not answer in time",
                    retryAfter: 5
                ),
                "the provider did not answer in time"
            )
        case ProviderOutage.away(let reason):
            (
                Problem(
                    .serviceUnavailable,
                    "provider_unavailable",
                    "the identity provider can't be reached",
                    retryAfter: 10
                ),
                String(reason.unicodeScalars.prefix(300))
            )
        case let refusal as Refusal: (refusal.problem, refusal.problem.code)
        default: nil
        }
    }
}

/// What a provider's redirect brings (RFC 6749, section 4.1.2; RFC 9207).
struct ProviderArrival: Input {
    var state: String?
    var code: String?
    var error: String?
    var iss: String?

    static let rules: Rules = [
        "state": .urlSafe(1...64), "code": visible(1...2000), "error": visible(1...100), "iss": visible(1...300),
    ]

    /// As RFC 6749 writes codes (appendix A.11): all of it has to fit into the head of a request.
    private static func visible(_ length: ClosedRange<Int>) -> Rule {
        .form(length, pattern: "^[ -~]+$", "must have only visible ASCII characters", example: "x") { text in
            text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }
}

extension HTTPField.Name {
    /// Every browser knows it, though no standard has it.
    fileprivate static let refresh = HTTPField.Name("Refresh")!
}
