import Dispatch
import Foundation
import SignedXML

/// Logins at an identity provider by SAML 2.0 (SAML Profiles, section 4.1): the request by a redirect, the answer by a form that the provider
/// makes the browser send.
struct SAMLProvider: RedirectProvider {
    /// Signatures are checked here, and not on a thread that others wait for.
    private static let queue = DispatchQueue(label: "dcmms.saml", attributes: .concurrent)

    func begin(_ visit: ProviderVisit, at now: Date) async throws -> String {
        let settings = try settings(visit)
        let request = SAMLRequest(
            id: visit.secrets.request,
            destination: settings.loginUrl,
            issuer: visit.config.clientID,
            consumer: visit.callback,
            isFresh: visit.isFresh,
            issuedAt: now
        )
        return request.url(state: visit.secrets.state)
    }

    func finish(_ visit: ProviderVisit, _ answer: ProviderAnswer, at now: Date) async throws -> ProviderVisitor {
        let (settings, config) = (try settings(visit), visit.config)
        guard let response = answer.response else { throw ProviderRefusal("there is no answer") }
        let assertion = try await Self.offThread {
            try SAMLResponse(
                response,
                config,
                keys: settings.certificates.compactMap { try? SAMLMetadata.key($0) },
                request: visit.secrets.request,
                recipient: visit.callback
            ).assertion
        }
        let end = try assertion.check(
            config,
            request: visit.secrets.request,
            audience: config.clientID,
            recipient: visit.callback,
            at: now
        )
        return ProviderVisitor(
            issuer: config.issuer,
            person: try assertion.person(config),
            authenticatedAt: assertion.authenticatedAt,
            once: (assertion.id, end)
        )
    }

    /// Reads a provider's metadata.
    static func read(_ metadata: String, isLocal: Bool) async throws -> (issuer: String, SAMLSettings) {
        try await offThread { try SAMLMetadata.read(metadata, isLocal: isLocal) }
    }

    private func settings(_ visit: ProviderVisit) throws -> SAMLSettings {
        guard let settings = visit.config.saml else { throw ProviderRefusal("the provider has no metadata") }
        return settings
    }

    private static func offThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
