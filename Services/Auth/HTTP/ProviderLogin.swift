import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Localization
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

    /// Where a provider sends the browser back to. Each tenant has an address of its own, so that the answer of one provider never gets to
    /// another one (RFC 9700, section 4.4).
    func callback(of config: ProviderConfig) -> String {
        address(of: config.tenant, config.saml == nil ? "callback" : "saml")
    }

    /// Where our metadata is, which is our name at a provider that speaks SAML.
    func metadata(of tenant: TenantID) -> String { address(of: tenant, "saml/metadata") }

    func address(of tenant: TenantID, _ path: String) -> String { "\(publicURL)/auth/providers/\(tenant)/\(path)" }

    private func provider(_ config: ProviderConfig) -> any RedirectProvider {
        config.saml == nil ? openID : SAMLProvider()
    }

    private func visit(_ config: ProviderConfig, _ secrets: ProviderSecrets, isFresh: Bool) -> ProviderVisit {
        ProviderVisit(
            config: config,
            secrets: secrets,
            callback: callback(of: config),
            isFresh: isFresh,
            site: publicURL
        )
    }

    // MARK: - There

    /// - Parameters:
    ///   - language: Of the page in between, if there has to be one.
    ///   - isForm: Whether the browser comes from a form of ours, which may not lead to another site by itself.
    func begin(
        _ config: ProviderConfig,
        for request: Authorization,
        in language: Language,
        isForm: Bool,
        by act: Act,
        _ logger: Logger
    ) async throws -> BrowserAnswer {
        let visit = visit(config, ProviderSecrets(), isFresh: request.isFresh)
        let url = try await recording(config.tenant, act, logger) {
            try await provider(config).begin(visit, at: act.time)
        }
        let trip = ProviderTrip(config, visit.secrets, request, at: act.time)
        let sealed = try providers.keys.sealText(try JSONWriter.text(trip), for: ProviderTrip.context)
        let cookies = [ProviderTrip.cookie(config).setting(sealed, seconds: Int(ProviderTrip.lifetime))]
        guard isForm else { return .seeOther(url, cookies: cookies) }
        let texts = Texts(in: language)
        let page = PlainPage(
            texts(.loginTitle),
            in: language,
            says: texts(.providerText),
            link: (texts(.continue), url),
            status: .ok
        )
        return .page(page, headers: [.refresh: "0; url=\(url)"], cookies: cookies)
    }

    // MARK: - Back

    /// - Throws: ``Problem``: 400 for a login that was not begun in this browser, 401 for one that the provider refused, 403 for somebody who
    ///   may not log in here, 503 and 504 if the provider does not answer.
    func finish(
        _ answer: ProviderAnswer,
        at tenant: TenantID,
        _ headers: HTTPFields,
        by act: Act,
        _ logger: Logger
    ) async throws -> BrowserAnswer {
        guard let config = try await providers.enabled(tenant), (config.saml != nil) == (answer.response != nil),
            let trip = trip(in: headers, to: config), trip.tenant == tenant, trip.issuer == config.issuer,
            trip.secrets.state == answer.state, act.time.timeIntervalSince(trip.begunAt) < ProviderTrip.lifetime
        else { throw Problem(.badRequest, "login_expired", "this login was not begun here, or took too long") }
        let code = try await recording(tenant, act, logger) {
            if let error = answer.error { throw ProviderRefusal("the provider says \(error)") }
            var visit = visit(config, trip.secrets, isFresh: trip.isFresh)
            visit.secret = try await providers.secret(of: tenant)
            let visitor = try await provider(config).finish(visit, answer, at: act.time)
            return try await admit(visitor, config, trip, by: act)
        }
        return .seeOther(trip.request.callback(code: code), cookies: [ProviderTrip.cookie(config).cleared])
    }

    private func trip(in headers: HTTPFields, to config: ProviderConfig) -> ProviderTrip? {
        guard let sealed = ProviderTrip.cookie(config).value(in: headers),
            let text = try? providers.keys.openText(sealed, for: ProviderTrip.context)
        else { return nil }
        return try? JSONReader.decode(ProviderTrip.self, from: text.utf8)
    }

    private func admit(
        _ visitor: ProviderVisitor,
        _ config: ProviderConfig,
        _ trip: ProviderTrip,
        by act: Act
    ) async throws -> String {
        let proved = try ProviderProof.time(
            visitor.authenticatedAt,
            isFresh: trip.isFresh,
            begunAt: trip.begunAt,
            at: act.time
        )
        var act = act
        act.tenant = config.tenant
        return try await codes.issue(to: visitor, for: trip.request, .provider(at: proved), by: act) { act, tx in
            try await people.admit(visitor.person, of: config, by: act, tx)
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
            guard let failure = ProviderFailure(error) else { throw error }
            logger.warning(
                "a login at an identity provider has failed",
                metadata: ["tenant": "\(tenant)", "reason": "\(failure.reason)"]
            )
            try await codes.sessions.refuse(at: tenant, because: failure.reason, by: act)
            throw failure.problem
        }
    }
}

extension HTTPField.Name {
    /// Every browser knows it, though no standard has it.
    fileprivate static let refresh = HTTPField.Name("Refresh")!
}
