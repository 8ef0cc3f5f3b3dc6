import Commands
import EventSchema
import Foundation
import Identifiers
import Logging
import Messaging
import ServiceKit

/// The API's login for people of a tenant that has its provider check their passwords (the password grant, RFC 6749, section 4.3).
///
/// It is for programs that can't open a browser, and off until a tenant wants it (RFC 9700, section 2.4, advises against it): the person's password
/// goes through our hands, and the provider can't ask for a second factor, so ours is asked for.
struct ProviderPasswords: Sendable {
    let login: ProviderLogin
    let passwords: PasswordLogin

    /// The provider that checks the password of an address; `nil` if it is checked here.
    ///
    /// - Parameter tenant: The name or id of the tenant of somebody who logs in for the first time.
    func provider(of email: String, tenant: String?) async throws -> ProviderConfig? {
        guard let user = try await passwords.directory.find(email: email) else {
            guard let tenant = try await passwords.tenants.named(tenant) else { return nil }
            return try await enabled(tenant.id)
        }
        guard let config = try await enabled(user.tenant) else { return nil }
        // A password of our own directory must not get to the provider.
        if try await login.people.isLinked(user, to: config) { return config }
        let isOurs = config.allowsPasswords || !Set(user.roles).isDisjoint(with: ProviderPeople.platformRoles)
        return isOurs ? nil : config
    }

    private func enabled(_ tenant: TenantID) async throws -> ProviderConfig? {
        try await login.providers.enabled(tenant).flatMap { $0.passwordLogin ? $0 : nil }
    }

    /// Finds out who it is. The attempt is counted as one with a password of ours, unless the provider gives no answer.
    ///
    /// - Throws: ``Refusal``, and ``Problem`` 401, 503 or 504 for what lies with the provider.
    func identify(
        _ email: String,
        _ password: String,
        at config: ProviderConfig,
        on device: String?,
        by act: Act,
        _ logger: Logger
    ) async throws -> User {
        var act = act
        act.tenant = config.tenant
        try await passwords.locks.admit(email, from: act.address, device: device, at: act.time)
        do {
            let person = try await login.openID.authenticate(
                email,
                password,
                config,
                secret: try await login.providers.secret(of: config.tenant),
                at: act.time
            )
            guard let person else { throw Refusal.credentials }
            return try await login.people.admit(person, of: config, by: act)
        } catch {
            if error is ProviderOutage {
                try await passwords.locks.takeBack(email, from: act.address, device: device, at: act.time)
            }
            guard let failure = ProviderFailure(error) else { throw error }
            logger.warning(
                "a login with a password of an identity provider has failed",
                metadata: ["tenant": "\(config.tenant)", "reason": "\(failure.reason)"]
            )
            try await passwords.sessions.refuse(at: config.tenant, because: failure.reason, by: act)
            throw failure.problem
        }
    }
}
