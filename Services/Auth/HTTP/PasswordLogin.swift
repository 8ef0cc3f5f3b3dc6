import Foundation
import Messaging
import ServiceKit

/// A login with an address and a password: the API's and the login page's are the same.
struct PasswordLogin: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let sessions: Sessions
    let directory: Directory
    let tenants: Tenants

    /// Refuses passwords where people log in at an identity provider. Only with the right password, as it tells something of the tenant. Those
    /// who run the installation can always log in: otherwise a mistake in a provider's settings could lock everybody out.
    private func requirePassword(_ user: User, by act: Act) async throws {
        guard Set(user.roles).isDisjoint(with: ProviderPeople.platformRoles),
            let config = try await IdentityProviders.enabled(user.tenant, directory.database), !config.allowsPasswords
        else { return }
        try await sessions.refuse(user, by: act)
        throw Refusal.passwordsOff
    }

    /// Refuses the API's login where the tenant wants its people to log in with a browser. Only with the right password, too.
    func requireAPILogin(_ user: User, by act: Act) async throws {
        guard let tenant = try await tenants.find(user.tenant), !tenant.acceptsPasswords else { return }
        try await sessions.refuse(user, by: act)
        throw Refusal.apiPasswordsOff
    }

    /// Finds out who it is. A wrong password is counted and recorded.
    ///
    /// - Parameters:
    ///   - tenant: The tenant whose people log in here; `nil` for any.
    ///   - device: One that the address has logged in from.
    /// - Throws: ``Refusal/credentials``, ``Refusal/locked(seconds:)``, ``Refusal/passwordsOff``.
    func identify(
        _ email: String,
        _ password: String,
        in tenant: Tenant? = nil,
        on device: String? = nil,
        by act: Act
    ) async throws -> User {
        try await locks.admit(email, from: act.address, device: device, at: act.time)
        let identity = try await provider.authenticate(email, password)
        // Also if nobody was identified: the audit log must show whose password was guessed.
        let user = try await directory.find(email: identity?.email ?? email)
        guard identity != nil, let user, user.isActive, tenant == nil || tenant?.id == user.tenant else {
            try await sessions.refuse(user, by: act)
            throw Refusal.credentials
        }
        try await requirePassword(user, by: act)
        return user
    }
}
